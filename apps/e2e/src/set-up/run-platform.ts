import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { until, withTimeout } from '@portolan/testing';
import { readBanner } from './banner.ts';
import { inWorkspace } from './workspace.ts';

const READY_WITHIN_MS = 100_000;
const STOP_WITHIN_MS = 40_000;

/** The whole platform as a process, over a data directory that outlives it. */
export interface RunningPlatform {
  /** As printed: with `/v1`. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly adminKey: string;
  /** Everything it printed before it was ready for calls. */
  readonly banner: string;
  /** Of the supervisor. */
  readonly pid: number;
  /** What it printed so far, and what it and the services complained of. */
  printed(): string;
  stop(): Promise<void>;
  /** SIGKILL to the supervisor. */
  kill(): Promise<void>;
}

/** Starts the platform as a user starts it. @throws with all it said, when it does not get ready */
export async function runPlatform(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningPlatform> {
  const child = spawn(
    process.execPath,
    [inWorkspace('apps/standalone/dist/main.mjs'), '--port', '0', '--data-dir', dataDir],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } },
  );
  let printed = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    printed = (printed + part).slice(-32_000);
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    complaint = (complaint + part).slice(-8_000);
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await withTimeout(exited, STOP_WITHIN_MS, 'the end of the platform').catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
  };
  try {
    const facts = await until(() => readBanner(printed) ?? (child.exitCode === null ? undefined : 'ended'), {
      timeoutMs: READY_WITHIN_MS,
      what: 'the banner of the platform',
    });
    if (facts === 'ended') throw new Error(`it ended with ${child.exitCode}`);
    return {
      apiUrl: facts.apiUrl,
      apiKey: facts.apiKey,
      adminKey: (await readFile(facts.adminKeyFile, 'utf8')).trim(),
      banner: printed,
      pid: child.pid ?? 0,
      printed: () => `${printed}\n${complaint}`,
      stop,
      kill: async () => {
        child.kill('SIGKILL');
        await exited;
      },
    };
  } catch (error) {
    await stop();
    throw new Error(`the platform did not start\n${printed}\n${complaint}`, { cause: error });
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { tempDir, until, withTimeout } from '@portolan/testing';
import type { Config, Json } from './json.ts';
import { inWorkspace } from './workspace.ts';

const READY_WITHIN_MS = 40_000;
const STOP_WITHIN_MS = 20_000;

/** The whole platform, started as a user starts it. */
export interface Platform {
  /** As printed: with `/v1`. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** Everything it printed before it was ready for calls. */
  readonly banner: string;
  /** Log rows that belong to a trace, once there are as many as expected. */
  logRows(traceId: string, count: number): Promise<readonly Json[]>;
  stop(): Promise<void>;
}

/** What lies in the data directory before the start. */
export interface Prepared {
  /** Content of virtual-keys.json. */
  readonly virtualKeys?: object;
  /** Saved configs by slug. */
  readonly configs?: Readonly<Record<string, Config>>;
}

export async function startPlatform({ virtualKeys, configs = {} }: Prepared = {}): Promise<Platform> {
  const data = await tempDir();
  if (virtualKeys !== undefined) await writeFile(join(data.path, 'virtual-keys.json'), JSON.stringify(virtualKeys));
  await mkdir(join(data.path, 'configs'));
  for (const [slug, config] of Object.entries(configs)) {
    await writeFile(join(data.path, 'configs', `${slug}.json`), JSON.stringify(config));
  }
  const child = spawn(
    process.execPath,
    [inWorkspace('apps/standalone/dist/main.mjs'), '--port', '0', '--data-dir', data.path],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, HOME: process.env.HOME } },
  );
  let printed = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    printed += part;
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
    await data.remove();
  };
  try {
    const facts = await until(() => readBanner(printed) ?? (child.exitCode === null ? undefined : 'ended'), {
      timeoutMs: READY_WITHIN_MS,
      what: 'the banner of the platform',
    });
    if (facts === 'ended') throw new Error(`it ended with ${child.exitCode}`);
    return {
      ...facts,
      banner: printed,
      stop,
      logRows: (traceId, count) => logRows(join(data.path, 'logs'), traceId, count),
    };
  } catch (error) {
    await stop();
    throw new Error(`the platform did not start\n${printed}\n${complaint}`, { cause: error });
  }
}

/** @returns nothing until the last line of the banner is there */
export function readBanner(printed: string): Pick<Platform, 'apiUrl' | 'apiKey'> | undefined {
  if (!printed.includes('Ctrl-C')) return undefined;
  const apiUrl = /^\s*Gateway\s+(\S+)$/m.exec(printed)?.[1];
  const apiKey = /^\s*API key\s+(\S+)$/m.exec(printed)?.[1];
  return apiUrl === undefined || apiKey === undefined ? undefined : { apiUrl, apiKey };
}

/** A first call as it is printed, by words of its heading. */
export function printedSnippet(printed: string, client: string): string {
  const sections = printed.split(/^── /m).slice(1);
  const section = sections.find((text) => text.split('\n', 1)[0]?.includes(client));
  if (section === undefined) throw new Error(`nothing is printed for ${client}:\n${printed}`);
  return section
    .slice(section.indexOf('\n'))
    .replace(/^Ctrl-C.*$/m, '')
    .trim();
}

async function logRows(folder: string, traceId: string, count: number): Promise<readonly Json[]> {
  return until(
    async () => {
      const rows = (await readRows(folder)).filter((row) => JSON.stringify(row).includes(traceId));
      return rows.length >= count ? rows : undefined;
    },
    { timeoutMs: 10_000, what: `${count} log rows of trace ${traceId}` },
  );
}

async function readRows(folder: string): Promise<Json[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts
    .flatMap((text) => text.slice(0, text.lastIndexOf('\n') + 1).split('\n'))
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Json);
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';
import { withTimeout } from '@portolan/testing';
import { inWorkspace } from './workspace.ts';

const READY_WITHIN_MS = 100_000;
const STOP_WITHIN_MS = 20_000;

/** One service by itself, as a container runs it. */
export interface RunningService {
  stop(): Promise<void>;
}

/** Starts the bundle of an app and waits until it says that it is ready. @throws with what it said, when it does not get there */
export async function runService(app: string, env: Readonly<Record<string, string>>): Promise<RunningService> {
  const child = spawn(process.execPath, ['--enable-source-maps', inWorkspace(`apps/${app}/dist/main.mjs`)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'warn', ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      said = (said + part).slice(-8_000);
    });
  }
  const exited = once(child, 'exit');
  const ready = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    void exited.then(() => reject(new Error(`${app} ended`)));
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await withTimeout(exited, STOP_WITHIN_MS, `the end of ${app}`).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
  };
  try {
    await withTimeout(ready, READY_WITHIN_MS, `the start of ${app}`);
  } catch (cause) {
    child.kill('SIGKILL');
    throw new Error(`${app} did not start\n${said}`, { cause });
  }
  return { stop };
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  await once(server.close(), 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

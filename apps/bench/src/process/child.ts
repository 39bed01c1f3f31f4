import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

export interface Child {
  readonly pid: number;
  /** The first IPC message for which `accept` gives a value. */
  message<T>(accept: (message: unknown) => T | undefined, atMostMs: number): Promise<T>;
  /** The last lines of its standard error, for a failure's report. */
  complaint(): string;
  hasExited(): boolean;
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 3_000;
const COMPLAINT_BYTES = 4_000;

/** Starts a node process that inherits nothing of our environment but what it needs to be found. */
export function startNode(args: readonly string[], env: Readonly<Record<string, string>>): Child {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_ENV: 'production', ...env },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`could not start node ${args.join(' ')}`);
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-COMPLAINT_BYTES);
  });
  return {
    pid,
    message: (accept, atMostMs) => awaitMessage(child, accept, atMostMs, () => complaint),
    complaint: () => complaint,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    stop: () => stop(child),
  };
}

async function awaitMessage<T>(
  child: ChildProcess,
  accept: (message: unknown) => T | undefined,
  atMostMs: number,
  complaint: () => string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
      settle();
    };
    const onMessage = (message: unknown): void => {
      const value = accept(message);
      if (value !== undefined) finish(() => resolve(value));
    };
    const onExit = (): void => finish(() => reject(new Error(`process ended before it was ready\n${complaint()}`)));
    const timer = setTimeout(() => finish(() => reject(new Error(`process was not ready\n${complaint()}`))), atMostMs);
    child.on('message', onMessage).on('exit', onExit);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await exited;
  clearTimeout(timer);
}

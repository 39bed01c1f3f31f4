import { type ChildProcess, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';

export interface ServiceProcess {
  /** Resolves once the process has ended, to what ended it: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** Asks it to drain and waits for its end; after `graceMs` it is killed. */
  stop(graceMs: number): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

export interface ServiceStart {
  /** As people call it, in sentences: `control plane`. */
  readonly name: string;
  /** Bundled file of the service. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** It must say that it is ready within this time, in ms. */
  readonly readyTimeoutMs: number;
  /** Nobody waits for it to be ready any more: it is ended. */
  readonly signal?: AbortSignal;
  /** What the process writes to stderr, as it comes. */
  onErrorText(text: string): void;
}

/** The service ended, or stayed silent, before it was ready. An empty message: it has said why on stderr itself. */
export class ServiceNotStarted extends Error {}

/**
 * Starts a service as a process of its own and waits for its `{ type: 'ready' }`.
 * It leads its own process group, so that Ctrl-C reaches it once, through us; when we die it sees the channel close and drains.
 * @throws ServiceNotStarted
 */
export const startService = async (start: ServiceStart): Promise<ServiceProcess> => {
  await access(start.entry).catch(() => {
    throw new ServiceNotStarted(`${start.entry} is missing; npm start builds it.`);
  });
  const child = spawn(process.execPath, ['--enable-source-maps', start.entry], {
    detached: true,
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: start.env,
  });
  let spokeOnStderr = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    spokeOnStderr = true;
    start.onErrorText(text);
  });
  const ended = endOf(child);
  await ready(child, ended, start).catch((error: Error) => {
    child.kill('SIGKILL');
    throw spokeOnStderr ? new ServiceNotStarted('') : error;
  });
  return { ended, stop: (graceMs) => stop(child, ended, graceMs), kill: () => void child.kill('SIGKILL') };
};

/** `close` rather than `exit`: what it wrote last has then been read. */
const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });

const ready = (
  child: ChildProcess,
  ended: Promise<string>,
  { name, readyTimeoutMs, signal }: ServiceStart,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const notStarted = (why: string) => () => reject(new ServiceNotStarted(`The ${name} ${why}.`));
    const onAbort = () => settle(notStarted('is not waited for'));
    const timer = setTimeout(() => settle(notStarted(`was not ready after ${readyTimeoutMs} ms`)), readyTimeoutMs);
    const settle = (done: () => void) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      signal?.removeEventListener('abort', onAbort);
      done();
    };
    const onMessage = (message: unknown) => {
      if (isReady(message)) settle(resolve);
    };
    child.on('message', onMessage);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort);
    void ended.then((reason) => settle(notStarted(`ended before it was ready: ${reason}`)));
  });

const isReady = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';

const stop = async (child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> => {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
};

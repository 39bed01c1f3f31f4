import { type ChildProcess, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';

export interface GatewayProcess {
  /** Base URL of its API, `/v1` included. */
  readonly url: string;
  /** Resolves once the process has ended, to what ended it: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** Asks it to drain and waits for its end; after `graceMs` it is killed. */
  stop(graceMs: number): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

export interface GatewayStart {
  /** Bundled file of the gateway. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** It must say that it is ready within this time, in ms. */
  readonly readyTimeoutMs: number;
  /** What the process writes to stderr, as it comes. */
  onErrorText(text: string): void;
}

/** The gateway ended, or stayed silent, before it was ready. An empty message: it has said why on stderr itself. */
export class GatewayNotStarted extends Error {}

/**
 * Starts the gateway as a process of its own and waits for its `{ type: 'ready', url }`.
 * It leads its own process group, so that Ctrl-C reaches it once, through us; when we die it sees the channel close and drains.
 * @throws GatewayNotStarted
 */
export const startGateway = async (start: GatewayStart): Promise<GatewayProcess> => {
  await access(start.entry).catch(() => {
    throw new GatewayNotStarted(`${start.entry} is missing; npm start builds it.`);
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
  const url = await readyUrl(child, ended, start.readyTimeoutMs).catch((error: Error) => {
    child.kill('SIGKILL');
    throw spokeOnStderr ? new GatewayNotStarted('') : error;
  });
  return { url, ended, stop: (graceMs) => stop(child, ended, graceMs), kill: () => void child.kill('SIGKILL') };
};

/** `close` rather than `exit`: what it wrote last has then been read. */
const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });

const readyUrl = (child: ChildProcess, ended: Promise<string>, timeoutMs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new GatewayNotStarted(`The gateway was not ready after ${timeoutMs} ms.`)),
      timeoutMs,
    );
    const settle = (done: () => void) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      done();
    };
    const onMessage = (message: unknown) => {
      const url = urlIn(message);
      if (url !== undefined) settle(() => resolve(url));
    };
    child.on('message', onMessage);
    void ended.then((reason) =>
      settle(() => reject(new GatewayNotStarted(`The gateway ended before it was ready: ${reason}.`))),
    );
  });

const urlIn = (message: unknown): string | undefined => {
  if (typeof message !== 'object' || message === null) return undefined;
  if (!('type' in message) || message.type !== 'ready' || !('url' in message)) return undefined;
  return typeof message.url === 'string' ? message.url : undefined;
};

const stop = async (child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> => {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
};

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startRehearsal } from '@portolan/rehearsal';
import { lockDataDir } from '@portolan/service-kit';
import { keepApiKey } from './api-key.ts';
import { requireFreePort } from './free-port.ts';
import { gatewayEnvironment } from './gateway-env.ts';
import { startGateway } from './gateway-process.ts';
import type { Options } from './options.ts';
import { superviseGateway } from './supervise.ts';

const READY_TIMEOUT_MS = 30_000;
export const DRAIN_GRACE_MS = 30_000;
/** Beyond the gateway's own grace: it flushes its log and ends by itself in this time, or is killed. */
const KILL_AFTER_GRACE_MS = 5_000;

export interface PlatformOptions extends Options {
  /** Bundled file of the gateway. */
  readonly gatewayEntry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A sentence for the person at the terminal. */
  say(sentence: string): void;
  /** What the gateway writes to stderr, as it comes. */
  onGatewayErrorText(text: string): void;
}

export interface Platform {
  /** Base URL of the API, `/v1` included. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly finished: Promise<'stopped' | 'gave-up'>;
  /** Lets calls in flight finish, then ends everything and gives the data directory back. */
  stop(): Promise<void>;
  /** Ends the gateway at once; `stop` then returns. */
  kill(): void;
}

const prepareDataDir = async (dataDir: string) => {
  const root = resolve(dataDir);
  const paths = {
    configs: join(root, 'configs'),
    logs: join(root, 'logs'),
    virtualKeys: join(root, 'virtual-keys.json'),
  };
  await mkdir(root, { recursive: true, mode: 0o700 });
  await mkdir(paths.configs, { recursive: true });
  await mkdir(paths.logs, { recursive: true });
  return { root, paths };
};

/**
 * Starts the whole platform: data directory, rehearsal provider (in this process), gateway (in its own).
 * @throws DataDirLocked, AddressUnusable, UnusableKeyFile, GatewayNotStarted  each with one sentence for the operator
 */
export const startPlatform = async (options: PlatformOptions): Promise<Platform> => {
  const { root, paths } = await prepareDataDir(options.dataDir);
  const lock = await lockDataDir(root);
  const cleanUps: (() => Promise<void>)[] = [lock.release];
  const cleanUp = async () => {
    for (const step of cleanUps.toReversed()) await step();
  };
  try {
    await requireFreePort(options.host, options.port);
    const kept = await keepApiKey(root, options.apiKey);
    const rehearsal = await startRehearsal({ host: '127.0.0.1', port: 0 });
    cleanUps.push(() => rehearsal.close());
    const settings = {
      host: options.host,
      apiKeysFile: kept.file,
      rehearsalUrl: rehearsal.url,
      paths,
      withVirtualKeys: existsSync(paths.virtualKeys),
      drainGraceMs: DRAIN_GRACE_MS,
    };
    const gateway = await superviseGateway({
      start: (port = options.port) =>
        startGateway({
          entry: options.gatewayEntry,
          env: gatewayEnvironment(options.env, { ...settings, port }),
          readyTimeoutMs: READY_TIMEOUT_MS,
          onErrorText: options.onGatewayErrorText,
        }),
      say: options.say,
      now: () => performance.now(),
      pause: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
    });
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      await gateway.stop(DRAIN_GRACE_MS + KILL_AFTER_GRACE_MS);
      await cleanUp();
    };
    return {
      apiUrl: gateway.url,
      apiKey: kept.key,
      finished: gateway.finished,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
      kill: gateway.kill,
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
};

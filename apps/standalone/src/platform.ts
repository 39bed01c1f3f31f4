import { startRehearsal } from '@portolan/rehearsal';
import { lockDataDir } from '@portolan/service-kit';
import { keepAdminKey, keepApiKey, keepOwnerPassword } from './api-key.ts';
import { prepareDataDir } from './data-dir.ts';
import { findFreePorts, LOOPBACK, requireFreePort } from './free-port.ts';
import { leftBehind } from './left-behind.ts';
import { tellOperator } from './operator-file.ts';
import type { Options } from './options.ts';
import { keepSecrets } from './secrets.ts';
import { startServices } from './start-services.ts';
import { untilHealthy, untilLetGo } from './wait-until.ts';

export const DRAIN_GRACE_MS = 30_000;
/** Beyond the gateway's own grace: a service flushes what it has and ends by itself in this time, or is killed. */
const KILL_AFTER_GRACE_MS = 5_000;
/** From the moment all services run to the first call that would be served. */
const KNOWS_KEYS_WITHIN_MS = 30_000;

export interface PlatformOptions extends Options {
  /** Folder with one folder for each app, each with its bundle. */
  readonly appsDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A sentence for the person at the terminal. */
  say(sentence: string): void;
  /** What the services write to stderr, as it comes. */
  onErrorText(text: string): void;
}

export interface Platform {
  /** Base URL of the API, `/v1` included. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** File with the key that administers the platform. */
  readonly adminKeyFile: string;
  readonly finished: Promise<'stopped' | 'gave-up'>;
  /** Lets calls in flight finish, then ends everything and gives the data directory back. */
  stop(): Promise<void>;
  /** Ends the services at once; `stop` then returns. */
  kill(): void;
}

const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': LOOPBACK, '::': '::1' };

const apiUrlAt = (host: string, port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`;

const choosePorts = async (gateway: number) => {
  const [management = 0, controlPlane = 0, vault = 0, free = 0] = await findFreePorts(4);
  return { gateway: gateway === 0 ? free : gateway, management, controlPlane, vault };
};

/**
 * Starts the whole platform: data directory, rehearsal provider (in this process), services (in theirs).
 * @throws DataDirLocked, AddressUnusable, UnusableKeyFile, ServiceNotStarted, NotInTime  each with one sentence for the operator
 */
export const startPlatform = async (options: PlatformOptions): Promise<Platform> => {
  const dirs = await prepareDataDir(options.dataDir);
  const lock = await lockDataDir(dirs.root);
  const cleanUps: (() => Promise<void>)[] = [lock.release];
  const cleanUp = async () => {
    for (const step of cleanUps.toReversed()) await step();
  };
  try {
    await requireFreePort(options.host, options.port);
    const apiKey = await keepApiKey(dirs.root, options.apiKey);
    const adminKey = await keepAdminKey(dirs.root);
    const ownerPasswordFile = await keepOwnerPassword(dirs.root);
    const secrets = await keepSecrets(dirs.keys, dirs.vault);
    const notice = await leftBehind(dirs.root);
    if (notice !== undefined) options.say(notice);
    await untilLetGo([dirs.vault, dirs.controlPlane], { timeoutMs: DRAIN_GRACE_MS + KILL_AFTER_GRACE_MS });
    const rehearsal = await startRehearsal({ host: LOOPBACK, port: 0 });
    cleanUps.push(() => rehearsal.close());
    const ports = await choosePorts(options.port);
    // Before the services, so that a vault that does not get ready can be asked why.
    const way = { target: `${LOOPBACK}:${ports.vault}`, tokenFile: secrets.operatorToken };
    cleanUps.push(await tellOperator(dirs.keys, way));
    const services = await startServices({
      ...options,
      settings: {
        host: options.host,
        ports,
        dirs,
        secrets,
        apiKeyFile: apiKey.file,
        adminKeyFile: adminKey.file,
        ownerPasswordFile,
        rehearsalUrl: rehearsal.url,
        drainGraceMs: DRAIN_GRACE_MS,
      },
    });
    const stopServices = () => services.stop(DRAIN_GRACE_MS + KILL_AFTER_GRACE_MS);
    cleanUps.push(stopServices);
    await untilHealthy(apiUrlAt(ANY_ADDRESS[options.host] ?? options.host, ports.gateway), {
      timeoutMs: KNOWS_KEYS_WITHIN_MS,
    });
    let stopped: Promise<void> | undefined;
    return {
      apiUrl: apiUrlAt(options.host, ports.gateway),
      apiKey: apiKey.key,
      adminKeyFile: adminKey.file,
      finished: services.finished,
      stop: () => {
        stopped ??= cleanUp();
        return stopped;
      },
      kill: services.kill,
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
};

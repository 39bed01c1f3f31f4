import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Clock, createLogger, parseEnv, systemClock } from '@portolan/service-kit';
import { tempDir, until } from '@portolan/testing';
import { buildGateway, type Gateway } from '../build.ts';
import { gatewayEnv } from '../config.ts';
import type { LogRecord } from '../log-record.ts';

export interface GatewayOptions {
  /** Environment variables besides the test's own; the name decides, the last one wins. */
  readonly env?: Readonly<Record<string, string>>;
  /** Saved configs by slug. */
  readonly configs?: Readonly<Record<string, unknown>>;
  /** The virtual keys file, as it is written. */
  readonly virtualKeys?: Readonly<Record<string, unknown>>;
  /** Where draws and jitter come from: uniform in [0, 1). */
  readonly random?: () => number;
  readonly clock?: Clock;
  /** The API key of posts; without one, a key of its own that is in the keys file. */
  readonly key?: string;
}

export interface GatewayUnderTest {
  /** Base URL with its version segment. */
  readonly url: string;
  /** An API key that is let in. */
  readonly key: string;
  /** Belongs to this gateway; `logs` and `configs` lie in it. */
  readonly dir: string;
  /** The gateway itself: for its readiness and the way it ends. */
  readonly gateway: Gateway;
  /** The records that a condition picks, once there are at least so many: they are written a moment after the answer. */
  logRecords(atLeast?: number, pick?: (record: LogRecord) => boolean): Promise<LogRecord[]>;
  /** Calls being served now, as the metrics say it. */
  inFlight(): Promise<number>;
  /** A POST with the key. An object is sent as JSON; `x-portkey-config` may be an object too. */
  post(path: string, body: unknown, options?: PostOptions): Promise<Response>;
  close(): Promise<void>;
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly config?: unknown;
  readonly signal?: AbortSignal;
}

/** A gateway in this process on a free port of loopback, which lets custom hosts on loopback through unless told otherwise. */
export const startGateway = async (options: GatewayOptions = {}): Promise<GatewayUnderTest> => {
  const { path: dir, remove } = await tempDir();
  const key = options.key ?? `test-${randomUUID()}`;
  const folders = { logs: join(dir, 'logs'), configs: join(dir, 'configs') };
  await mkdir(folders.configs, { recursive: true });
  await writeFile(join(dir, 'keys'), `${key}\n`);
  await writeFile(join(dir, 'virtual-keys.json'), JSON.stringify(options.virtualKeys ?? {}));
  for (const [slug, config] of Object.entries(options.configs ?? {})) {
    await writeFile(join(folders.configs, `${slug}.json`), JSON.stringify(config));
  }
  const config = parseEnv(gatewayEnv, {
    GATEWAY_API_KEYS_FILE: join(dir, 'keys'),
    GATEWAY_CONFIGS_DIR: folders.configs,
    GATEWAY_VIRTUAL_KEYS_FILE: join(dir, 'virtual-keys.json'),
    GATEWAY_LOG_DIR: folders.logs,
    GATEWAY_RETRY_BASE_MS: '1',
    TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost',
    LOG_LEVEL: 'silent',
    ...options.env,
  });
  const built = await buildGateway(config, createLogger('gateway', config.LOG_LEVEL), {
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  });
  // A test may drain it before it closes it.
  let drained: Promise<void> | undefined;
  const drain = (): Promise<void> => {
    drained ??= built.drain();
    return drained;
  };
  const gateway = { ...built, drain };
  await gateway.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = gateway.server.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1`;

  const recordsNow = recordReader(folders.logs);
  return {
    url,
    key,
    dir,
    gateway,
    async logRecords(atLeast = 1, pick = () => true) {
      const enough = async () => {
        const records = (await recordsNow()).filter(pick);
        return records.length >= atLeast ? { records } : undefined;
      };
      return (await until(enough, { what: `${atLeast} log records` })).records;
    },
    async inFlight() {
      const { text } = await gateway.metrics();
      return Number(/^portolan_gateway_calls_in_flight (\d+)/m.exec(text)?.[1]);
    },
    post(path, body, { headers, config: inline, signal } = {}) {
      return fetch(url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-portkey-api-key': key,
          ...(inline === undefined ? undefined : { 'x-portkey-config': configText(inline) }),
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(signal === undefined ? undefined : { signal }),
      });
    },
    async close() {
      gateway.server.server.closeAllConnections();
      await gateway.drain();
      await remove();
    },
  };
};

/** All records written so far; each call reads only what is new. */
const recordReader = (folder: string): (() => Promise<readonly LogRecord[]>) => {
  const records: LogRecord[] = [];
  const readTo = new Map<string, number>();
  const readNew = async (): Promise<readonly LogRecord[]> => {
    for (const name of (await readdir(folder)).sort()) {
      const from = readTo.get(name) ?? 0;
      const bytes = await readFrom(join(folder, name), from);
      const end = bytes.lastIndexOf('\n') + 1;
      readTo.set(name, from + end);
      const lines = bytes.subarray(0, end).toString('utf8').split('\n');
      records.push(...lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogRecord));
    }
    return records;
  };
  // One read at a time: two would take the same lines twice.
  let last: Promise<readonly LogRecord[]> = Promise.resolve(records);
  return () => {
    last = last.then(readNew);
    return last;
  };
};

const readFrom = async (path: string, from: number): Promise<Buffer> => {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(size - from);
    await file.read(bytes, 0, bytes.length, from);
    return bytes;
  } finally {
    await file.close();
  }
};

const configText = (config: unknown): string => (typeof config === 'string' ? config : JSON.stringify(config));

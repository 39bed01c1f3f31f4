import { type Entity, GatewayServiceService } from '@portolan/proto';
import { createErrorCodec, createRpcClient } from '@portolan/rpc';
import { CODES, PlatformError } from '@portolan/service-kit';
import type { Services } from './services.ts';

export interface Watchers {
  /** Resolves when every watcher has heard something that fits. @returns when each of them had */
  heardBy(fits: (entity: Entity) => boolean, sinceMs: number): Promise<readonly number[]>;
  stop(): void;
}

const WATCH_MS = 3_600_000;
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

interface Waiter {
  readonly fits: (entity: Entity) => boolean;
  readonly hear: (watcher: number, atMs: number) => void;
}

/** Streams as gateways hold them, each over a connection of its own. Resolves when all of them have everything. */
export const startWatchers = async (
  count: number,
  { controlPlaneTarget, gatewayToken }: Services,
): Promise<Watchers> => {
  const leaving = Array.from({ length: count }, () => new AbortController());
  const waiters = new Set<Waiter>();

  const watch = ({ signal }: AbortController, watcher: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const client = createRpcClient({
        target: controlPlaneTarget,
        transport: { kind: 'loopback-plaintext', token: gatewayToken },
        errors: createErrorCodec({ CODES, PlatformError }),
        idempotent: [],
        messageBytesMax: MESSAGE_BYTES_MAX,
      });
      const run = async (): Promise<void> => {
        const options = { timeoutMs: WATCH_MS, signal };
        let pending: Entity[] = [];
        for await (const part of client.stream(GatewayServiceService.watchSnapshot, { resumeToken: '' }, options)) {
          pending.push(...part.entities);
          if (!part.isLastPart) continue;
          // A revision counts when it is whole: that is when a gateway applies it.
          const atMs = performance.now();
          for (const entity of pending) for (const { fits, hear } of waiters) if (fits(entity)) hear(watcher, atMs);
          pending = [];
          resolve();
        }
      };
      run()
        .catch((error: unknown) => {
          if (!signal.aborted) reject(error);
        })
        .finally(() => client.close());
    });

  await Promise.all(leaving.map(watch));
  return {
    heardBy: (fits, sinceMs) =>
      new Promise((resolve) => {
        const times = new Map<number, number>();
        const waiter: Waiter = {
          fits,
          hear: (watcher, atMs) => {
            if (!times.has(watcher)) times.set(watcher, atMs - sinceMs);
            if (times.size < count) return;
            waiters.delete(waiter);
            resolve([...times.values()]);
          },
        };
        waiters.add(waiter);
      }),
    stop: () => {
      for (const watcher of leaving) watcher.abort();
    },
  };
};

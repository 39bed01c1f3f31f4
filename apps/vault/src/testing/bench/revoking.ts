import { setTimeout as pause } from 'node:timers/promises';
import { VaultGatewayServiceService } from '@portolan/proto';
import type { RpcClient } from '@portolan/rpc';
import { until } from '@portolan/testing';

const WATCH = VaultGatewayServiceService.watchCredentials;
const TIMEOUT_MS = 600_000;
const AGAIN_MS = 100;

/** Watchers, each with a connection of its own. */
export interface Watchers {
  /** Resolves when all have heard of a credential. @returns for each, when it heard, by `performance.now()` */
  heard(credentialId: string): Promise<readonly number[]>;
  close(): void;
}

/** Resolves when all of them watch. */
export const startWatchers = async (clients: readonly RpcClient[]): Promise<Watchers> => {
  const heardAt = clients.map(() => new Map<string, number>());
  const watching = new Set<number>();
  const leaving: AbortController[] = [];
  /** As a gateway does: a stream that breaks is begun again where it was. */
  const follow = async (client: RpcClient, at: number, signal: AbortSignal): Promise<void> => {
    for (let resumeToken = ''; !signal.aborted; ) {
      const options = { timeoutMs: TIMEOUT_MS, signal };
      try {
        for await (const message of client.stream(WATCH, { resumeToken }, options)) {
          watching.add(at);
          resumeToken = message.resumeToken;
          const { event } = message;
          if (event?.$case === 'change') heardAt[at]?.set(event.value.credentialId, performance.now());
        }
      } catch {
        await pause(AGAIN_MS);
      }
    }
  };
  for (const [at, client] of clients.entries()) {
    const leave = new AbortController();
    leaving.push(leave);
    void follow(client, at, leave.signal);
  }
  await until(() => watching.size === clients.length, { timeoutMs: 30_000 });
  return {
    heard: async (credentialId) => {
      const times = () => heardAt.flatMap((heard) => heard.get(credentialId) ?? []);
      await until(() => times().length === clients.length, { timeoutMs: 30_000 });
      return times();
    },
    close: () => {
      for (const one of leaving) one.abort();
    },
  };
};

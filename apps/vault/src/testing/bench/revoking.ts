import { VaultGatewayServiceService } from '@portolan/proto';
import type { RpcClient } from '@portolan/rpc';
import { until } from '@portolan/testing';

const TIMEOUT_MS = 600_000;

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
  const leaving = clients.map(() => new AbortController());
  const follow = async (client: RpcClient, at: number): Promise<void> => {
    const events = client.stream(
      VaultGatewayServiceService.watchCredentials,
      { resumeToken: '' },
      { timeoutMs: TIMEOUT_MS, ...(leaving[at] === undefined ? {} : { signal: leaving[at].signal }) },
    );
    for await (const { event } of events) {
      watching.add(at);
      if (event?.$case === 'change') heardAt[at]?.set(event.value.credentialId, performance.now());
    }
  };
  for (const [at, client] of clients.entries()) {
    follow(client, at).catch((error: unknown) => {
      if (leaving[at]?.signal.aborted !== true) throw error;
    });
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

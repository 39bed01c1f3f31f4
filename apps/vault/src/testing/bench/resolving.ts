import { VaultGatewayServiceService } from '@portolan/proto';
import { createMultiplexer, MULTIPLEXER_DEFAULTS, type Multiplexer, type RpcClient } from '@portolan/rpc';
import { systemClock } from '@portolan/service-kit';
import { ERRORS } from '../vault-service.ts';

const RESOLVE = VaultGatewayServiceService.resolveCredential;
const TIMEOUT_MS = 10_000;

export const multiplexed = (client: RpcClient): Multiplexer =>
  createMultiplexer({
    ...MULTIPLEXER_DEFAULTS,
    client,
    idempotent: [],
    clock: systemClock,
    errors: ERRORS,
    random: Math.random,
  });

/** Resolves once. @returns how long it took, ms */
export const resolveOnce = async (caller: Multiplexer, credentialId: string): Promise<number> => {
  const startedAt = performance.now();
  const request = { organizationId: 'org-1', workspaceId: 'ws-1', credentialId };
  const { secrets } = await caller.unary(RESOLVE, request, { timeoutMs: TIMEOUT_MS });
  if (secrets.length !== 1) throw new Error('An answer without its secret.');
  return performance.now() - startedAt;
};

export interface Load {
  /** Ms. */
  readonly latencies: readonly number[];
  readonly errors: readonly unknown[];
}

/**
 * Resolves at a fixed rate, whether answers come or not, until told to stop. Times count from when a call was due, so that a server
 * that stands still is not flattered.
 */
export const resolveSteadily = (caller: Multiplexer, ids: readonly string[], perSecond: number) => {
  const latencies: number[] = [];
  const errors: unknown[] = [];
  const open = new Set<Promise<void>>();
  const startedAt = performance.now();
  let sent = 0;
  const tick = (): void => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    for (; sent < due; sent += 1) {
      const dueAt = startedAt + (sent / perSecond) * 1_000;
      const call = resolveOnce(caller, ids[(sent * 7_919) % ids.length] ?? '').then(
        () => void latencies.push(performance.now() - dueAt),
        (error: unknown) => void errors.push(error),
      );
      open.add(call);
      void call.finally(() => open.delete(call));
    }
  };
  const timer = setInterval(tick, 2);
  return {
    stop: async (): Promise<Load> => {
      clearInterval(timer);
      await Promise.all(open);
      return { latencies, errors };
    },
  };
};

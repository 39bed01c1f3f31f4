import { status } from '@grpc/grpc-js';
import { HealthService, HealthCheckResponse_ServingStatus as ServingStatus } from '@portolan/proto';
import { RpcRefusal } from './errors.ts';
import { type ServedMethod, serverStream, unary } from './method.ts';

/** Whether the services of a process work, told to those who ask and those who watch. */
export interface Health {
  readonly methods: readonly ServedMethod[];
  /** Of all services at once. */
  set(isServing: boolean): void;
}

/** @param services their full names; the empty name, which means the process, is known besides */
export const createHealth = (services: readonly string[]): Health => {
  const known = new Set(['', ...services]);
  const waiting = new Set<() => void>();
  let isServing = false;

  const statusOf = (service: string): ServingStatus => {
    if (!known.has(service)) return ServingStatus.SERVICE_UNKNOWN;
    return isServing ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  };

  const change = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });

  const check = unary(HealthService.check, async ({ service }) => {
    if (!known.has(service)) throw new RpcRefusal(status.NOT_FOUND, 'There is no such service.');
    return { status: statusOf(service) };
  });

  const watch = serverStream(HealthService.watch, async function* ({ service }, { signal }) {
    let told: ServingStatus | undefined;
    while (!signal.aborted) {
      const now = statusOf(service);
      if (now !== told) yield { status: now };
      told = now;
      if (statusOf(service) === told && !signal.aborted) await change(signal);
    }
  });

  return {
    methods: [check, watch],
    set: (serving) => {
      isServing = serving;
      for (const wake of [...waiting]) wake();
    },
  };
};

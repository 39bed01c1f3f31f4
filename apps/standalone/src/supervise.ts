import type { GatewayProcess } from './gateway-process.ts';
import { nextRestart } from './restart-policy.ts';

export interface SuperviseOptions {
  /** Starts a gateway. @param port undefined at first; afterwards the port of the first one, which clients know */
  start(port: number | undefined): Promise<GatewayProcess>;
  /** Tells the person at the terminal. */
  say(sentence: string): void;
  /** Milliseconds from any fixed point. */
  now(): number;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Supervised {
  /** Base URL of the API, `/v1` included. */
  readonly url: string;
  /** Resolves when nothing is watched any more: after `stop`, or because the gateway kept ending. */
  readonly finished: Promise<'stopped' | 'gave-up'>;
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

/**
 * Starts the gateway and starts it again, with growing pauses, whenever it ends by itself.
 * @throws what `start` throws, when the first start fails: that is a matter of settings, not of bad luck
 */
export const superviseGateway = async (options: SuperviseOptions): Promise<Supervised> => {
  const stopping = new AbortController();
  const first = await options.start(undefined);
  const port = Number(new URL(first.url).port);
  let current: GatewayProcess | undefined = first;
  let endsInARow = 0;

  const restarted = async (): Promise<GatewayProcess | undefined> => {
    try {
      return await options.start(port);
    } catch (error) {
      if (error instanceof Error && error.message !== '') options.say(error.message);
      return undefined;
    }
  };

  /** One life of the gateway after another. */
  const watch = async (): Promise<'stopped' | 'gave-up'> => {
    for (;;) {
      const startedAt = options.now();
      const reason = current === undefined ? 'it did not start' : await current.ended;
      if (stopping.signal.aborted) return 'stopped';
      const next = nextRestart(endsInARow, current === undefined ? 0 : options.now() - startedAt);
      endsInARow = next.endsInARow;
      current = undefined;
      if (next.type === 'give-up') {
        options.say(`The gateway ended ${endsInARow} times in a row (${reason}); giving up.`);
        return 'gave-up';
      }
      options.say(`The gateway ended unexpectedly (${reason}); starting it again in ${next.delayMs / 1000} s.`);
      await options.pause(next.delayMs, stopping.signal);
      if (stopping.signal.aborted) return 'stopped';
      current = await restarted();
      if (stopping.signal.aborted) current?.kill();
      else if (current !== undefined) options.say('The gateway is back.');
    }
  };

  const finished = watch();
  return {
    url: first.url,
    finished,
    stop: async (graceMs) => {
      stopping.abort();
      await current?.stop(graceMs);
      await finished;
    },
    kill: () => current?.kill(),
  };
};

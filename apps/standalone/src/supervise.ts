import { nextRestart } from './restart-policy.ts';
import type { ServiceProcess } from './service-process.ts';

export interface SuperviseOptions {
  /** As people call the service, in sentences. */
  readonly name: string;
  /** Starts it; each time at the same address, which others know. */
  start(): Promise<ServiceProcess>;
  /** Tells the person at the terminal. */
  say(sentence: string): void;
  /** Milliseconds from any fixed point. */
  now(): number;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Supervised {
  /** Resolves when nothing is watched any more: after `stop`, or because the service kept ending. */
  readonly finished: Promise<'stopped' | 'gave-up'>;
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

/**
 * Starts a service and starts it again, with growing pauses, whenever it ends by itself.
 * @throws what `start` throws, when the first start fails: that is a matter of settings, not of bad luck
 */
export const supervise = async (options: SuperviseOptions): Promise<Supervised> => {
  const { name } = options;
  const stopping = new AbortController();
  let current: ServiceProcess | undefined = await options.start();
  let endsInARow = 0;

  const restarted = async (): Promise<ServiceProcess | undefined> => {
    try {
      return await options.start();
    } catch (error) {
      if (error instanceof Error && error.message !== '') options.say(error.message);
      return undefined;
    }
  };

  /** One life of the service after another. */
  const watch = async (): Promise<'stopped' | 'gave-up'> => {
    for (;;) {
      const startedAt = options.now();
      const reason = current === undefined ? 'it did not start' : await current.ended;
      if (stopping.signal.aborted) return 'stopped';
      const next = nextRestart(endsInARow, current === undefined ? 0 : options.now() - startedAt);
      endsInARow = next.endsInARow;
      current = undefined;
      if (next.type === 'give-up') {
        options.say(`The ${name} ended ${endsInARow} times in a row (${reason}); giving up.`);
        return 'gave-up';
      }
      options.say(`The ${name} ended unexpectedly (${reason}); starting it again in ${next.delayMs / 1000} s.`);
      await options.pause(next.delayMs, stopping.signal);
      if (stopping.signal.aborted) return 'stopped';
      current = await restarted();
      if (stopping.signal.aborted) current?.kill();
      else if (current !== undefined) options.say(`The ${name} is back.`);
    }
  };

  const finished = watch();
  return {
    finished,
    stop: async (graceMs) => {
      stopping.abort();
      await current?.stop(graceMs);
      await finished;
    },
    kill: () => current?.kill(),
  };
};

import type { EventEmitter } from 'node:events';

export interface EventuallyOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  late(cause: unknown): Error;
}

/** Waits for an event and leaves no listener and no timer behind. @throws what `late` makes, after the time or the signal */
export const eventually = (emitter: EventEmitter, event: string, options: EventuallyOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    const { timeoutMs, signal, late } = options;
    const end = (): void => {
      clearTimeout(timer);
      emitter.off(event, happened);
      signal?.removeEventListener('abort', given);
    };
    const happened = (): void => {
      end();
      resolve();
    };
    const given = (): void => {
      end();
      reject(late(signal?.reason));
    };
    const timer = setTimeout(given, timeoutMs);
    emitter.once(event, happened);
    signal?.addEventListener('abort', given, { once: true });
    if (signal?.aborted) given();
  });

import { setTimeout as wait } from 'node:timers/promises';

/** A stream of news that is begun again whenever it ends. */
export interface Watch<Message> {
  /** Begins a stream where the last one stopped. Ends when the signal says so. */
  open(signal: AbortSignal): AsyncIterable<Message>;
  /** Must not take long: the stream waits. */
  onMessage(message: Message): void;
  /** A stream ended with an error. @param failures  in a row, without any message in between */
  onFailure(error: unknown, failures: number): void;
  /** A stream that says nothing for this long is given up. */
  readonly livenessMs: number;
  /** The pause after the second failure in a row; each further one doubles it. After the first there is next to none. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** Uniform in [0, 1). */
  random(): number;
}

export interface RunningWatch {
  /** Resolves when nothing of it runs any more. */
  close(): Promise<void>;
}

/** With full jitter: callers that lost the same server do not come back all at once. */
export const backoffAfter = (
  failures: number,
  { backoffMs, backoffMaxMs, random }: Pick<Watch<never>, 'backoffMs' | 'backoffMaxMs' | 'random'>,
): number => random() * Math.min(backoffMaxMs, failures < 2 ? backoffMs / 10 : backoffMs * 2 ** (failures - 2));

/** Follows a watch until it is closed. */
export const keepWatching = <Message>(watch: Watch<Message>): RunningWatch => {
  const closing = new AbortController();
  let failures = 0;

  const follow = async (): Promise<void> => {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error('the stream fell silent')), watch.livenessMs);
    try {
      for await (const message of watch.open(AbortSignal.any([closing.signal, silence.signal]))) {
        timer.refresh();
        failures = 0;
        watch.onMessage(message);
      }
    } finally {
      clearTimeout(timer);
    }
  };

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await follow();
        failures += 1;
      } catch (error) {
        failures += 1;
        if (!closing.signal.aborted) watch.onFailure(error, failures);
      }
      await wait(backoffAfter(failures, watch), undefined, { signal: closing.signal, ref: false }).catch(
        () => undefined,
      );
    }
  };
  const running = run();
  return {
    close() {
      closing.abort();
      return running;
    },
  };
};

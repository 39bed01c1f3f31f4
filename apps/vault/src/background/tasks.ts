import { setTimeout as pause } from 'node:timers/promises';

/** Work that is done again and again. */
export interface Task {
  readonly name: string;
  /** Pause between two runs, ms. */
  readonly everyMs: number;
  run(signal: AbortSignal): Promise<void>;
}

export interface Tasks {
  start(): void;
  /** Ends the pauses of all tasks that are pausing. */
  hurry(): void;
  /** Asks running work to end and waits for it. */
  stop(): Promise<void>;
}

/** Runs tasks beside each other, each never twice at a time. A run that fails is told of, and the next one comes as if it had not. */
export const createTasks = (tasks: readonly Task[], onFailure: (task: string, error: unknown) => void): Tasks => {
  const stopping = new AbortController();
  let hurrying = new AbortController();
  let running: readonly Promise<void>[] = [];

  const isOver = (): boolean => stopping.signal.aborted;

  const repeat = async ({ name, everyMs, run }: Task): Promise<void> => {
    while (!isOver()) {
      await run(stopping.signal).catch((error: unknown) => {
        if (!isOver()) onFailure(name, error);
      });
      const signal = AbortSignal.any([stopping.signal, hurrying.signal]);
      // It rejects when somebody is in a hurry, which is no failure.
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
    }
  };

  return {
    start: () => {
      running = tasks.map(repeat);
    },
    hurry: () => {
      const before = hurrying;
      hurrying = new AbortController();
      before.abort();
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
};

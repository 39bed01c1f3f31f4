/** Runs tasks, so many at once; the others wait in the order they came. */
export interface Limiter {
  /** @returns undefined when too many are waiting already: the task is not taken */
  run<T>(task: () => Promise<T>): Promise<T> | undefined;
}

export const createLimiter = (maxAtOnce: number, maxWaiting: number): Limiter => {
  const waiting: (() => void)[] = [];
  let running = 0;
  const leave = () => {
    const next = waiting.shift();
    // A place goes straight to whoever waits, so that nobody who comes now can take it.
    if (next === undefined) running -= 1;
    else next();
  };
  const enter = (): Promise<void> | undefined => {
    if (running < maxAtOnce) {
      running += 1;
      return Promise.resolve();
    }
    if (waiting.length >= maxWaiting) return undefined;
    return new Promise((resolve) => waiting.push(resolve));
  };
  return { run: (task) => enter()?.then(task).finally(leave) };
};

/** How a service stops, from the outermost to the innermost: each step runs once, in order. */
export interface ShutdownOptions {
  /** Still accepting while balancers learn that this instance leaves, in ms. */
  readonly delayMs: number;
  /** Everything must be over after this, in ms; then the process ends anyway. */
  readonly graceMs: number;
  /** At once: readiness goes down, answers ask clients to reconnect elsewhere. */
  announce(): void;
  /** After the delay: stop accepting, let what is in flight finish, flush, close. */
  drain(): Promise<void>;
  /** Ends the process. @param code 0 after a clean drain, 1 when it failed or took too long */
  exit(code: number): void;
}

/**
 * A shutdown that can be asked for many times and happens once. A second request ends the delay early:
 * an impatient person should not have to wait for balancers that do not exist.
 */
export const createShutdown = (options: ShutdownOptions): (() => void) => {
  let endDelay: (() => void) | undefined;
  let started = false;
  const run = async () => {
    options.announce();
    const force = setTimeout(() => options.exit(1), options.graceMs);
    await new Promise<void>((resolve) => {
      const delay = setTimeout(resolve, options.delayMs);
      endDelay = () => {
        clearTimeout(delay);
        resolve();
      };
    });
    const code = await options.drain().then(
      () => 0,
      () => 1,
    );
    clearTimeout(force);
    options.exit(code);
  };
  return () => {
    if (started) return endDelay?.();
    started = true;
    void run();
  };
};

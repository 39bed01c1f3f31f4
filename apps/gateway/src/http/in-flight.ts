/** How many calls are being served, and whether new ones may still come. */
export interface InFlight {
  readonly count: number;
  readonly draining: boolean;
  /** Undefined when there is no room; else call it once when the call is over. */
  enter(): (() => void) | undefined;
  /** From now on answers ask clients to reconnect elsewhere. */
  startDraining(): void;
}

export const createInFlight = (max: number): InFlight => {
  let count = 0;
  let draining = false;
  const leave = () => {
    count -= 1;
  };
  return {
    get count() {
      return count;
    },
    get draining() {
      return draining;
    },
    enter() {
      if (count >= max) return undefined;
      count += 1;
      return leave;
    },
    startDraining() {
      draining = true;
    },
  };
};

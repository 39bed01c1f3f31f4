/** Callers that wait for the same thing, each for a time of its own. */
export interface WaitingRoom {
  /** @throws what the room makes of it when the time is over, or the room is closed */
  enter(timeoutMs: number): Promise<void>;
  /** Lets everybody go on. */
  letIn(): void;
  /** Sends everybody away. */
  close(): void;
}

/** One listener for all of them, and no trace of those who have left. */
export const createWaitingRoom = (late: (cause: string) => Error): WaitingRoom => {
  const waiting = new Set<{ goOn(): void; leave(cause: string): void }>();
  return {
    enter: (timeoutMs) =>
      new Promise((resolve, reject) => {
        const end = (then: () => void): void => {
          clearTimeout(timer);
          waiting.delete(guest);
          then();
        };
        const guest = {
          goOn: () => end(resolve),
          leave: (cause: string) => end(() => reject(late(cause))),
        };
        const timer = setTimeout(() => guest.leave('not connected in time'), timeoutMs);
        waiting.add(guest);
      }),
    letIn: () => {
      for (const guest of [...waiting]) guest.goOn();
    },
    close: () => {
      for (const guest of [...waiting]) guest.leave('closed');
    },
  };
};

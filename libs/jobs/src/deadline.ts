/**
 * The result of a promise, unless the time is over first. What is late goes on and its result is dropped.
 * @throws what the promise rejects with, or what `late` makes
 */
export const within = async <T>(promise: Promise<T>, timeoutMs: number, late: () => Error): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timeoutMs);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
};

/** How often a key has failed, for a bounded number of keys: the one not seen for longest is forgotten first. */
export interface FailureCount {
  /** True for the first `times` calls with this key. */
  fails(key: string, times: number): boolean;
}

export const failureCount = (maxKeys = 1000): FailureCount => {
  const counts = new Map<string, number>();
  return {
    fails(key, times) {
      const count = counts.get(key) ?? 0;
      counts.delete(key);
      counts.set(key, Math.min(count + 1, times));
      const oldest = counts.size > maxKeys ? counts.keys().next().value : undefined;
      if (oldest !== undefined) counts.delete(oldest);
      return count < times;
    },
  };
};

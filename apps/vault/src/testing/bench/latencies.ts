/** The value below which a part of them lies, by the nearest rank. @param part 0.99 for p99 */
export const percentile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
};

/** `p50 1.2 ms, p99 3.4 ms, max 5.6 ms (n 100)`. */
export const describeMs = (values: readonly number[]): string => {
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  const [p50, p99, max] = [0.5, 0.99, 1].map((part) => ms(percentile(values, part)));
  return `p50 ${p50}, p99 ${p99}, max ${max} (n ${values.length})`;
};

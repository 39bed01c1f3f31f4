import { describe, expect, it } from 'vitest';
import { median, quantile, spread } from './statistics.ts';

describe('statistics', () => {
  it('takes the middle value whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('interpolates between the two middle values of an even count', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('finds the 99th percentile of a hundred and one steps exactly', () => {
    const steps = Array.from({ length: 101 }, (_, i) => i);
    expect(quantile(steps, 0.99)).toBe(99);
  });

  it('keeps the extremes beside the median', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  });

  it('refuses to summarise nothing', () => {
    expect(() => median([])).toThrow(RangeError);
  });

  it('leaves the caller’s array in its order', () => {
    const values = [3, 1, 2];
    spread(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

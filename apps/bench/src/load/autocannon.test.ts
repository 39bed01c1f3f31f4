import { describe, expect, it } from 'vitest';
import { readResult } from './autocannon.ts';

describe('readResult', () => {
  const result = { requests: 10, failures: 0, requestsPerSecond: 10, p50Ms: 1, p99Ms: 2 };

  it('takes a whole result', () => {
    expect(readResult(result)).toEqual(result);
  });

  it('refuses an exit without a result, and a result with a gap', () => {
    expect(() => readResult([1, null])).toThrow(TypeError);
    expect(() => readResult({ ...result, p99Ms: Number.NaN })).toThrow('p99Ms');
  });
});

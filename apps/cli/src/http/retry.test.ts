import { describe, expect, test } from 'vitest';
import { waitBeforeRetry } from './retry.ts';

describe('trying again', () => {
  test.each(['POST', 'PUT', 'DELETE'])('%s never is: it may have happened', (method) => {
    for (const status of [0, 429, 503]) expect(waitBeforeRetry(method, 1, status, undefined)).toBeUndefined();
  });

  test('a read waits longer each time, three tries in all', () => {
    expect([1, 2, 3].map((tried) => waitBeforeRetry('GET', tried, 503, undefined))).toEqual([250, 500, undefined]);
  });

  test('what will not change by waiting is not tried again', () => {
    for (const status of [400, 401, 403, 404, 409, 500]) {
      expect(waitBeforeRetry('GET', 1, status, undefined)).toBeUndefined();
    }
  });

  test('a wait that the platform asks for is kept, unless nobody would sit through it', () => {
    expect(waitBeforeRetry('GET', 1, 429, 2)).toBe(2_000);
    expect(waitBeforeRetry('GET', 1, 429, 60)).toBeUndefined();
  });
});

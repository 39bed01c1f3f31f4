import { describe, expect, test } from 'vitest';
import type { TestPlatform } from '../../../testing/platform.ts';

/** What asking about calls answers while nothing can. */
export const logsConformance = (platform: () => TestPlatform): void => {
  describe('questions about calls', () => {
    test.each([
      ['POST', '/logs', [{ request: {} }]],
      ['GET', '/logs/exports', undefined],
      ['GET', '/analytics/graphs/cost', undefined],
    ] as const)('%s %s says that it is not served, not that it is wrong', async (method, path, body) => {
      const key = await (await platform().tenant()).key();
      expect(await platform().call(key, method, path, body)).toMatchObject({
        status: 501,
        body: { success: false, error: { type: 'unsupported_endpoint' } },
      });
    });
  });
};

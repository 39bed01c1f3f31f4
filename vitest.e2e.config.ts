import { defineConfig } from 'vitest/config';

/** The real clients against the started platform: one file at a time, each with a platform of its own. */
export default defineConfig({
  test: {
    include: ['apps/e2e/src/**/*.e2e.test.ts'],
    globalSetup: ['apps/e2e/src/set-up/global.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

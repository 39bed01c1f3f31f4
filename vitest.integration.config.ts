import { defineConfig } from 'vitest/config';

/** The integration lane: adapters against real servers, which `TEST_…` variables say where to find. */
export default defineConfig({
  test: {
    include: ['{apps,libs}/**/*.int.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    passWithNoTests: true,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

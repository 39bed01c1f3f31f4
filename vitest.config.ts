import { defineConfig } from 'vitest/config';

/** The unit lane: everything that needs no outside server. Integration (`*.int.test.ts`) and the real clients (`*.e2e.test.ts`) have lanes of their own. */
export default defineConfig({
  test: {
    include: ['{apps,libs,tools}/**/*.test.{ts,mjs}'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.int.test.ts', '**/*.e2e.test.ts'],
    pool: 'threads',
    isolate: false,
  },
});

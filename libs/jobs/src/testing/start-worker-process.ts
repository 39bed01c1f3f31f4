import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { until } from '@portolan/testing';
import { build } from 'esbuild';

const START_TIMEOUT_MS = 120_000;
const REQUIRE_FOR_COMMONJS = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

export interface KilledWorker {
  readonly begun: readonly string[];
  readonly ended: readonly string[];
}

/**
 * Runs `worker-process.ts` until it begins an order, and kills it there.
 * @param backend  `redis` and its URL, or `embedded` and its data directory
 * @returns what it said until then
 */
export const killWorkerIn = async (
  order: string,
  backend: { readonly kind: 'redis' | 'embedded'; readonly place: string; readonly queue: string },
): Promise<KilledWorker> => {
  // Beside the sources, so that the packages left out of the bundle are found.
  const bundle = fileURLToPath(
    new URL(`../../dist/worker-process-${backend.kind}-${process.pid}.mjs`, import.meta.url),
  );
  await build({
    entryPoints: [fileURLToPath(new URL('./worker-process.ts', import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@electric-sql/pglite', 'bullmq', 'ioredis'],
    banner: { js: REQUIRE_FOR_COMMONJS },
    logLevel: 'warning',
  });
  const child = spawn(process.execPath, [bundle, backend.kind, backend.place, backend.queue], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  let said = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    complaint += String(chunk);
  });
  try {
    const begins = until(() => said.includes(`begins ${order}\n`), { timeoutMs: START_TIMEOUT_MS, what: order });
    await Promise.race([
      begins,
      closed.then((): never => {
        throw new Error(`the worker ended: ${complaint}`);
      }),
    ]);
  } finally {
    child.kill('SIGKILL');
    await closed;
    await rm(bundle, { force: true });
  }
  const words = said.split('\n').map((line) => line.split(' '));
  const having = (verb: string): string[] => words.filter(([first]) => first === verb).map(([, id = '']) => id);
  return { begun: having('begins'), ended: having('ends') };
};

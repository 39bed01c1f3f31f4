import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { until } from '@portolan/testing';
import { build } from 'esbuild';

const START_TIMEOUT_MS = 120_000;
const REQUIRE_FOR_COMMONJS = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

export interface Writer {
  /** The first pair it wrote. */
  readonly firstId: number;
  /** The last pair that it said it had written. */
  acknowledged(): number;
  /** Kills it at once, and waits until it is gone and all it said was read. */
  kill(): Promise<void>;
}

/** Starts `pair-writer.ts` on a data directory, and waits until it has written a pair. */
export const startWriter = async (dataDir: string): Promise<Writer> => {
  // Beside the sources, so that the packages left out of the bundle are found.
  const bundle = fileURLToPath(new URL(`../../dist/pair-writer-${process.pid}.mjs`, import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL('./pair-writer.ts', import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@electric-sql/pglite'],
    banner: { js: REQUIRE_FOR_COMMONJS },
    logLevel: 'warning',
  });
  const child = spawn(process.execPath, [bundle, dataDir], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let said = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    complaint += String(chunk);
  });
  const ids = (): number[] => said.split('\n').slice(0, -1).map(Number);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
    await rm(bundle, { force: true });
  };
  try {
    const firstId = await Promise.race([
      until(() => ids()[0], { timeoutMs: START_TIMEOUT_MS, what: 'the first written pair' }),
      closed.then((): never => {
        throw new Error('it ended');
      }),
    ]);
    return { firstId, acknowledged: () => ids().at(-1) ?? 0, kill };
  } catch (error) {
    await kill();
    throw new Error(`the writer did not start: ${complaint}`, { cause: error });
  }
};

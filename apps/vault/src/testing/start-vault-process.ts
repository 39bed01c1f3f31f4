import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDir } from '@portolan/testing';
import { build } from 'esbuild';
import type { VaultFolder } from './vault-service.ts';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));
const START_TIMEOUT_MS = 120_000;
const KEPT_CHARS = 1_000_000;
const REQUIRE_FOR_COMMONJS = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** A bundle of the service for the processes of one test. The embedded database stays outside. */
export interface VaultBundle {
  readonly entry: string;
  remove(): Promise<void>;
}

export const bundleVault = async (): Promise<VaultBundle> => {
  const { path: folder, remove } = await tempDir();
  const entry = join(folder, 'main.mjs');
  await build({
    entryPoints: [join(SOURCES, 'main.ts')],
    outfile: entry,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // It reads files beside itself.
    plugins: [
      {
        name: 'keep-pglite-outside',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^@electric-sql\/pglite$/ }, async ({ resolveDir }) => ({
            path: join(resolveDir, '..', 'node_modules', '@electric-sql', 'pglite', 'dist', 'index.js'),
            external: true,
          }));
        },
      },
    ],
    banner: { js: REQUIRE_FOR_COMMONJS },
    logLevel: 'warning',
  });
  await cp(join(SOURCES, '..', 'migrations'), join(folder, 'migrations'), { recursive: true });
  return { entry, remove };
};

export interface VaultProcess {
  readonly port: number;
  /** What it printed so far, its log among it. */
  printed(): string;
  /** Kills it at once, and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Starts the service as a process of its own and waits until it is open. */
export const startVaultProcess = async (
  { entry }: Pick<VaultBundle, 'entry'>,
  { env }: Pick<VaultFolder, 'env'>,
): Promise<VaultProcess> => {
  const child = fork(entry, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let complaint = '';
  let printed = '';
  child.stdout?.on('data', (chunk) => {
    printed = (printed + String(chunk)).slice(-KEPT_CHARS);
  });
  child.stderr?.on('data', (chunk) => {
    complaint = (complaint + String(chunk)).slice(-KEPT_CHARS);
  });
  const closed = once(child, 'close');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), START_TIMEOUT_MS);
  try {
    const message: unknown = await Promise.race([
      once(child, 'message', { signal: late.signal }).then(([first]) => first),
      closed.then(() => undefined),
    ]);
    const target = typeof message === 'object' && message !== null && 'target' in message ? String(message.target) : '';
    const port = Number(target.split(':').at(-1));
    if (!(port > 0)) throw new Error('it ended before it was open');
    return {
      port,
      printed: () => printed + complaint,
      kill,
      stop: async () => {
        child.kill('SIGTERM');
        const [code] = await closed;
        return code;
      },
    };
  } catch (error) {
    await kill();
    throw new Error(`the vault did not start: ${complaint}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
};

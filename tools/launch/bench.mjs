/** `npm run bench`: installs and builds what changed, then measures the gateway beside a direct call. */
import { pathToFileURL } from 'node:url';
import { install } from './install.mjs';
import { requireNode } from './node-version.mjs';
import { CommandFailed } from './run.mjs';
import { inWorkspace } from './workspace.mjs';

/** Name of the bundle -> its source: the benchmark itself, and what runs in processes of their own. */
const ENTRIES = {
  main: 'main.ts',
  'upstream-process': 'upstream/process.ts',
  'autocannon-process': 'load/autocannon-process.ts',
  'bind-loopback-preload': 'subjects/bind-loopback-preload.ts',
};

const bundle = async () => {
  // Imported late: before the install there may be no esbuild and no Nx.
  const [{ build: esbuild }, { build }] = await Promise.all([import('esbuild'), import('./build.mjs')]);
  await build(['@portolan/gateway']);
  await esbuild({
    absWorkingDir: inWorkspace('apps', 'bench'),
    entryPoints: Object.entries(ENTRIES).map(([out, source]) => ({ in: `src/${source}`, out })),
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
};

try {
  requireNode();
  await install();
  await bundle();
  await import(pathToFileURL(inWorkspace('apps', 'bench', 'dist', 'main.mjs')).href);
} catch (error) {
  if (!(error instanceof CommandFailed)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

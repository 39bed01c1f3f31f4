/** `build` script of apps/bench: bundles the benchmark and everything it runs in processes of their own. The load tool stays outside. */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleSettings } from './settings.mjs';

/** Name in dist/ -> source. */
const ENTRIES = {
  main: 'src/main.ts',
  platform: 'src/platform/main.ts',
  'upstream-process': 'src/upstream/process.ts',
  'autocannon-process': 'src/load/autocannon-process.ts',
  'bind-loopback-preload': 'src/subjects/bind-loopback-preload.ts',
};

rmSync('dist', { recursive: true, force: true });
await build({
  absWorkingDir: process.cwd(),
  entryPoints: Object.entries(ENTRIES).map(([out, source]) => ({ in: source, out })),
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  external: ['autocannon'],
  banner: bundleSettings.banner,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
});

/**
 * `build` script of every app: bundles src/main.ts of the project in the working directory into dist/main.mjs.
 * One folder, nothing to install beside it. The same sources give the same bytes.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { workspaceRoot } from '../launch/workspace.mjs';
import { copyRunTimeFiles, runTimeFiles } from './run-time-files.mjs';
import { bundleSettings } from './settings.mjs';

const { version } = JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8'));
const project = process.cwd();

rmSync('dist', { recursive: true, force: true });
const { metafile } = await build({
  ...bundleSettings,
  absWorkingDir: project,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.mjs',
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  define: { __PORTOLAN_VERSION__: JSON.stringify(version) },
});
copyRunTimeFiles(runTimeFiles(Object.keys(metafile.inputs), project), join(project, 'dist'));

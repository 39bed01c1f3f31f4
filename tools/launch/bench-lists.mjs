/** `npm run bench:lists`: lists over many keys, with PGlite, and with the PostgreSQL server at TEST_POSTGRES_URL if there is one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { copyRunTimeFiles, runTimeFiles } from '../build/run-time-files.mjs';
import { bundleSettings } from '../build/settings.mjs';
import { inWorkspace } from './workspace.mjs';

const project = inWorkspace('apps', 'control-plane');
const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-'));
try {
  // As deep as in the sources: the migrations lie in the folder above, the embedded database's own files beside.
  const outfile = join(folder, 'testing', 'main.mjs');
  const { metafile } = await build({
    ...bundleSettings,
    absWorkingDir: project,
    entryPoints: ['src/testing/bench/list-keys.ts'],
    outfile,
    metafile: true,
  });
  const files = runTimeFiles(Object.keys(metafile.inputs), project);
  for (const place of [folder, join(folder, 'testing')]) copyRunTimeFiles(files, place);
  const { benchLists } = await import(pathToFileURL(outfile).href);
  await benchLists(undefined);
  if (process.env.TEST_POSTGRES_URL !== undefined) await benchLists(process.env.TEST_POSTGRES_URL);
} finally {
  rmSync(folder, { recursive: true });
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, expect, test } from 'vitest';
import { inWorkspace } from '../launch/workspace.mjs';
import { copyRunTimeFiles, runTimeFiles } from './run-time-files.mjs';
import { bundleSettings } from './settings.mjs';

const folders = [];
const emptyFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bundle-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const ANSWERS = `
  import { openPglite } from './index.ts';
  const database = await openPglite();
  const [row] = await database.query('select 6 * 7 as answer');
  await database.close();
  process.stdout.write(String(row?.answer));
`;

test('a bundle with the embedded database runs from its own folder, with nothing installed beside it', async () => {
  const folder = emptyFolder();
  const project = inWorkspace('libs', 'sql');
  const { metafile } = await build({
    ...bundleSettings,
    absWorkingDir: project,
    stdin: { contents: ANSWERS, loader: 'ts', resolveDir: join(project, 'src') },
    outfile: join(folder, 'main.mjs'),
    metafile: true,
  });
  copyRunTimeFiles(runTimeFiles(Object.keys(metafile.inputs), project), folder);
  const said = execFileSync(process.execPath, ['main.mjs'], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  expect(said).toBe('42');
}, 90_000);

test('an app without a database ships nothing but its bundle', () => {
  expect(runTimeFiles(['src/main.ts', '../../libs/service-kit/src/env.ts'], emptyFolder())).toEqual([]);
});

test('the migrations of an app are shipped with it', () => {
  const project = emptyFolder();
  mkdirSync(join(project, 'migrations'));
  writeFileSync(join(project, 'migrations', '0001_init.sql'), 'select 1');
  expect(runTimeFiles(['src/main.ts'], project)).toEqual([{ from: join(project, 'migrations'), name: 'migrations' }]);
});

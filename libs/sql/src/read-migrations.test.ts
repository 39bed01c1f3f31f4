import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readMigrations } from './read-migrations.ts';

let service: string;
beforeEach(async () => {
  service = await mkdtemp(join(tmpdir(), 'portolan-migrations-'));
});
afterEach(() => rm(service, { recursive: true }));

const put = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  await mkdir(join(service, folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(service, folder, name), text);
};
const moduleAt = (path: string): string => pathToFileURL(join(service, path)).href;

test('the scripts of the folder above are read in their order, and nothing else', async () => {
  await put('migrations', { '0002_more.sql': 'select 2', 'README.md': 'no script', '0001_init.sql': 'select 1' });
  expect(await readMigrations(moduleAt('src/build.ts'))).toEqual([
    { id: '0001_init', sql: 'select 1' },
    { id: '0002_more', sql: 'select 2' },
  ]);
});

test('those beside a bundle win over those of the sources', async () => {
  await put('migrations', { '0001_init.sql': 'select 1' });
  await put('dist/migrations', { '0001_init.sql': 'select 3' });
  expect(await readMigrations(moduleAt('dist/main.mjs'))).toEqual([{ id: '0001_init', sql: 'select 3' }]);
});

test('a program without its migrations says so instead of starting on an empty schema', async () => {
  await expect(readMigrations(moduleAt('src/build.ts'))).rejects.toThrow('no folder of migrations');
});

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepFile, replaceFile } from './kept-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'portolan-kept-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('what is made once is kept, for its owner only, and nothing else is left', async () => {
  const file = join(dir, 'secret');
  expect(await keepFile(file, () => 'first')).toBe('first');
  expect(await keepFile(file, () => 'second')).toBe('first');
  expect(await readFile(file, 'utf8')).toBe('first');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(dir)).toEqual(['secret']);
});

test('a file that others could read is closed to them', async () => {
  const file = join(dir, 'open');
  await writeFile(file, 'there already', { mode: 0o644 });
  expect(await keepFile(file, () => 'new')).toBe('there already');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('what every start makes anew is the newest, for its owner only, and nothing else is left', async () => {
  const file = join(dir, 'secret');
  await writeFile(file, 'of the start before', { mode: 0o644 });
  await replaceFile(file, 'first');
  await replaceFile(file, 'second');
  expect(await readFile(file, 'utf8')).toBe('second');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(dir)).toEqual(['secret']);
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { leftBehind } from './left-behind.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'portolan-left-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('a new data directory has nothing to say', async () => {
  await mkdir(join(dir, 'configs'));
  expect(await leftBehind(dir)).toBeUndefined();
});

test('files that are not read any more are named in one sentence', async () => {
  await mkdir(join(dir, 'configs'));
  await writeFile(join(dir, 'configs', 'pc-one.json'), '{}');
  await writeFile(join(dir, 'virtual-keys.json'), '{}');
  const sentence = await leftBehind(dir);
  expect(sentence).toContain(join(dir, 'configs'));
  expect(sentence).toContain(join(dir, 'virtual-keys.json'));
  expect(sentence).not.toContain('\n');
});

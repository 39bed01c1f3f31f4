import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tellOperator } from './operator-file.ts';

test('the way to the vault is there from a start to its end, and always that of the last start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-operator-'));
  try {
    await tellOperator(folder, { target: '127.0.0.1:1', tokenFile: '/of-a-start-that-crashed' });
    const way = { target: '127.0.0.1:2', tokenFile: '/token' };
    const takeAway = await tellOperator(folder, way);
    expect(JSON.parse(await readFile(join(folder, 'operator.json'), 'utf8'))).toEqual(way);
    await takeAway();
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DataDirLocked, lockDataDir } from './lock.ts';
import { isAlive, type Owner, ownerOf } from './owner.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'portolan-lock-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** A process that has been there and is gone. */
const deadOwner = async (): Promise<Owner> => {
  const child = spawn(process.execPath, ['-e', '']);
  const owner = ownerOf(child.pid ?? 0);
  await once(child, 'exit');
  return owner;
};

test('a locked directory is refused with the owner and the way out', async () => {
  await lockDataDir(dir);
  await expect(lockDataDir(dir)).rejects.toThrow(DataDirLocked);
  await expect(lockDataDir(dir)).rejects.toThrow(`process ${process.pid}`);
});

test('a released directory can be locked again, any number of times, without leaving files behind', async () => {
  for (let round = 0; round < 5; round += 1) await (await lockDataDir(dir)).release();
  expect(await readdir(dir)).toHaveLength(1);
});

test('the lock of a dead owner is taken over', async () => {
  await lockDataDir(dir, await deadOwner());
  await lockDataDir(dir);
  await expect(lockDataDir(dir)).rejects.toThrow(DataDirLocked);
});

test('of many starters that find a dead owner exactly one gets the directory', async () => {
  const dead = await deadOwner();
  for (let round = 0; round < 20; round += 1) {
    const home = await mkdtemp(join(dir, 'round-'));
    await lockDataDir(home, dead);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(home)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(DataDirLocked);
  }
});

test('a lock file cut short by a crash does not lock anybody out', async () => {
  await writeFile(join(dir, 'lock.7'), '{"pid":');
  await lockDataDir(dir);
  await expect(lockDataDir(dir)).rejects.toThrow(DataDirLocked);
});

test.runIf(process.platform === 'linux')('a process that got the id of a dead owner is not taken for it', () => {
  const me = ownerOf(process.pid);
  expect(isAlive(me)).toBe(true);
  expect(isAlive({ ...me, startedAtTick: '1' })).toBe(false);
  expect(isAlive({ ...me, boot: 'another boot' })).toBe(false);
});

import { link, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type Owner, ownerOf } from './owner.ts';

/**
 * The lock of a data directory is its highest-numbered file `lock.<n>`; the process named in it is the owner.
 *
 * A stale lock is taken over by creating the next number, never by removing the old one: two starters that both see a dead
 * owner at n race for n + 1, and a hard link lets exactly one of them create it. Numbers never go back (a released lock
 * stays as an empty claim), so a slow starter that looked long ago finds either its number taken or a higher one.
 */
export interface DataDirLock {
  /** Gives the directory back. */
  readonly release: () => Promise<void>;
}

export class DataDirLocked extends Error {
  constructor(dataDir: string, pid: number) {
    super(`${dataDir} is in use by process ${pid}; stop it first, or choose another folder.`);
    this.name = 'DataDirLocked';
  }
}

const MAX_ROUNDS = 100;
const FILE = /^lock\.(\d{1,15})$/;

const numbersIn = async (dataDir: string): Promise<number[]> =>
  (await readdir(dataDir))
    .flatMap((name) => FILE.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);

const pathOf = (dataDir: string, number: number): string => join(dataDir, `lock.${number}`);

const readOwner = async (path: string): Promise<Owner | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number')
      return undefined;
    const field = (name: string): string | undefined => {
      const found: unknown = Reflect.get(value, name);
      return typeof found === 'string' ? found : undefined;
    };
    return { pid: value.pid, boot: field('boot'), startedAtTick: field('startedAtTick') };
  } catch {
    return undefined;
  }
};

/** Creates the file with its content in one step; false when the name is taken. */
const claim = async (path: string, content: string): Promise<boolean> => {
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, content);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
};

/** Overwrites our claim with an empty one, in one step. */
const abandon = async (path: string): Promise<void> => {
  const draft = `${path}.${process.pid}.released`;
  await writeFile(draft, '');
  await rename(draft, path);
};

/**
 * Makes this process the one owner of a data directory, which must exist.
 * @param owner  whom to write down; a test names other processes
 * @throws DataDirLocked  while another process that runs owns it
 */
export const lockDataDir = async (dataDir: string, owner: Owner = ownerOf(process.pid)): Promise<DataDirLock> => {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const [highest = 0] = await numbersIn(dataDir);
    const holder = highest === 0 ? undefined : await readOwner(pathOf(dataDir, highest));
    if (holder !== undefined && isAlive(holder)) throw new DataDirLocked(dataDir, holder.pid);
    const mine = highest + 1;
    if (!(await claim(pathOf(dataDir, mine), JSON.stringify(owner)))) continue;
    const [now, ...older] = await numbersIn(dataDir);
    if (now !== mine) {
      await unlink(pathOf(dataDir, mine));
      continue;
    }
    await Promise.all(older.map((number) => unlink(pathOf(dataDir, number)).catch(() => undefined)));
    return { release: () => abandon(pathOf(dataDir, mine)) };
  }
  throw new Error(`${dataDir} could not be locked: its lock changed hands ${MAX_ROUNDS} times meanwhile.`);
};

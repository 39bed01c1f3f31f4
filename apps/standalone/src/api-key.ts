import { chmod, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApiKey, isApiKey } from '@portolan/api-key';

export class UnusableKeyFile extends Error {}

export interface KeptKey {
  readonly key: string;
  /** File that holds this one key, readable by its owner only. */
  readonly file: string;
}

const OWNER_ONLY = 0o600;

/** A key given by the operator goes to a file of its own, so that the kept one is still there once it is no longer given. */
const keepGiven = async (dataDir: string, key: string): Promise<KeptKey> => {
  const file = join(dataDir, 'api-key.given');
  await writeFile(file, `${key}\n`, { mode: OWNER_ONLY });
  await chmod(file, OWNER_ONLY);
  return { key, file };
};

const createKept = async (file: string): Promise<string> => {
  const key = createApiKey();
  const handle = await open(file, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(`${key}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return key;
};

/**
 * The API key of this platform: the given one, else the one in `<dataDir>/api-key`, made now if there is none.
 * Call it with the data directory locked.
 * @throws UnusableKeyFile  when the file holds something else than one key
 */
export const keepApiKey = async (dataDir: string, given: string | undefined): Promise<KeptKey> => {
  if (given !== undefined) return keepGiven(dataDir, given);
  const file = join(dataDir, 'api-key');
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (kept === undefined) return { key: await createKept(file), file };
  const key = kept.trim();
  if (!isApiKey(key)) throw new UnusableKeyFile(`${file} does not hold a whole API key; remove it to get a new one.`);
  await chmod(file, OWNER_ONLY);
  return { key, file };
};

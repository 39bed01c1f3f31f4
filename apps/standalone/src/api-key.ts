import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApiKey, isApiKey } from '@portolan/api-key';
import { keepFile } from './kept-file.ts';

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

const keepMade = async (file: string): Promise<KeptKey> => {
  const key = (await keepFile(file, () => `${createApiKey()}\n`)).trim();
  if (!isApiKey(key)) throw new UnusableKeyFile(`${file} does not hold a whole API key; remove it to get a new one.`);
  return { key, file };
};

/**
 * The API key that clients of this platform send: the given one, else the one in `<dataDir>/api-key`, made now if there is none.
 * Call it with the data directory locked.
 * @throws UnusableKeyFile  when the file holds something else than one key
 */
export const keepApiKey = (dataDir: string, given: string | undefined): Promise<KeptKey> =>
  given === undefined ? keepMade(join(dataDir, 'api-key')) : keepGiven(dataDir, given);

/** The key that administers this platform, in `<dataDir>/admin-key`. @throws UnusableKeyFile */
export const keepAdminKey = (dataDir: string): Promise<KeptKey> => keepMade(join(dataDir, 'admin-key'));

const PASSWORD_BYTES = 24;

/** The file with the password of the first administrator, `<dataDir>/owner-password`: what it holds counts at the first start only. */
export const keepOwnerPassword = async (dataDir: string): Promise<string> => {
  const file = join(dataDir, 'owner-password');
  await keepFile(file, () => `${randomBytes(PASSWORD_BYTES).toString('base64url')}\n`);
  return file;
};

import { createHash, randomBytes, randomInt } from 'node:crypto';
import { chmod, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'pk-';
const PUBLIC_LENGTH = 8;
const SECRET_BYTES = 32;
const CHECKSUM_LENGTH = 6;
const PUBLIC_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

const checksum = (body: string): string =>
  createHash('sha256').update(body).digest('base64url').slice(0, CHECKSUM_LENGTH);

/**
 * A new API key: `pk-`, 8 characters that may be shown to tell keys apart, 43 of base64url (256 random bits), and a
 * checksum of 6: the first characters of the base64url SHA-256 of all that stands before it. The checksum lets a scanner
 * or a form tell a key from a typing error without asking anyone; it adds no secrecy.
 */
export const createApiKey = (): string => {
  const shown = Array.from({ length: PUBLIC_LENGTH }, () => PUBLIC_ALPHABET[randomInt(PUBLIC_ALPHABET.length)]).join(
    '',
  );
  const body = `${PREFIX}${shown}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return body + checksum(body);
};

/** True for a string of the form above whose checksum fits. */
export const isApiKey = (text: string): boolean =>
  /^pk-[a-z0-9]{8}[\w-]{49}$/.test(text) && checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);

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

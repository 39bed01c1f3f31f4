import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** How much work one guess costs. `logN` doubles memory and time with each step. */
export interface ScryptCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and about a quarter of a second: what OWASP's password storage cheat sheet asks of scrypt. */
export const SCRYPT_COST: ScryptCost = { logN: 15, r: 8, p: 3 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;
/** A row of the database must not make us work for minutes. */
const LOG_N_MAX = 18;

const derive = (password: string, salt: Uint8Array, { logN, r, p }: ScryptCost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const N = 2 ** logN;
    // One password has many spellings in Unicode; all of them count as the same.
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });

const text = ({ logN, r, p }: ScryptCost, salt: Uint8Array, hash: Uint8Array): string =>
  `$scrypt$ln=${logN},r=${r},p=${p}$${Buffer.from(salt).toString('base64url')}$${Buffer.from(hash).toString('base64url')}`;

/** A slow hash with its salt and its cost, as one text. */
export const hashPassword = async (password: string, cost: ScryptCost): Promise<string> => {
  const salt = randomBytes(SALT_BYTES);
  return text(cost, salt, await derive(password, salt, cost));
};

/** @returns false also for a text that is no hash */
export const matchesHash = async (password: string, stored: string): Promise<boolean> => {
  const [, logN, r, p, salt, hash] = FORM.exec(stored) ?? [];
  if (salt === undefined || hash === undefined || Number(logN) > LOG_N_MAX) return false;
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), cost), Buffer.from(hash, 'base64url'));
};

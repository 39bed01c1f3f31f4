import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Secret } from '@portolan/service-kit';
import * as z from 'zod';
import { Refused } from '../failure.ts';
import type { Io } from '../io.ts';

/** Where somebody signed in, and with what. */
export interface Profile {
  readonly url: string;
  readonly key: Secret;
  readonly workspace: string | undefined;
}

export type Profiles = ReadonlyMap<string, Profile>;

const stored = z.object({
  profiles: z.record(
    z.string(),
    z.object({ url: z.string(), api_key: z.string().min(1), workspace: z.string().optional() }),
  ),
});

const OTHERS_MAY_READ = 0o077;

/** The file that profiles are kept in, by the XDG rules. */
export const credentialsPath = ({ env }: Pick<Io, 'env'>): string =>
  join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'portolan', 'credentials.json');

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const parsed = (path: string, text: string): Profiles => {
  try {
    const { profiles } = stored.parse(JSON.parse(text));
    return new Map(
      Object.entries(profiles).map(([name, { url, api_key, workspace }]) => [
        name,
        { url, key: new Secret(api_key), workspace },
      ]),
    );
  } catch {
    throw new Refused(`${path} is not as it was written: delete it and log in again.`);
  }
};

/**
 * @returns no profiles when there is no file
 * @throws Refused  for a file that other users may read, and for one that is no longer whole
 */
export const readProfiles = (path: string): Profiles => {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & OTHERS_MAY_READ) !== 0) {
      throw new Refused(`${path} can be read by other users. Make it yours: chmod 600 ${path}`);
    }
    return parsed(path, readFileSync(path, 'utf8'));
  } catch (error) {
    if (isMissing(error)) return new Map();
    throw error;
  }
};

/** Replaces the file in one step: it is never half written, and never readable by others. */
export const writeProfiles = (path: string, profiles: Profiles): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const content = {
    profiles: Object.fromEntries(
      [...profiles].map(([name, { url, key, workspace }]) => [name, { url, api_key: key.reveal(), workspace }]),
    ),
  };
  try {
    writeFileSync(draft, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
};

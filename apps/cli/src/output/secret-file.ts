import { lstatSync, rmSync, writeFileSync } from 'node:fs';
import type { Flag } from '../arguments/command.ts';
import { Refused } from '../failure.ts';

export const OUT_FLAG: Flag = {
  name: 'out',
  value: 'PATH',
  text: 'Writes the key to a new file, readable by you only, instead of showing it.',
};

/** A place for a secret that does not exist yet: taken before it is made, since afterwards it could not be shown again. */
export interface SecretFile {
  readonly path: string;
  write(secret: string): void;
  /** Gives the place back, unless something was written. */
  release(): void;
}

/** An empty file of ours: whoever took it was ended before there was anything to write. */
const isLeftOver = (path: string): boolean => {
  const found = lstatSync(path);
  return found.isFile() && found.size === 0 && (found.mode & 0o077) === 0;
};

/** @throws Refused  when the file is there already, or cannot be made */
export const takeSecretFile = (path: string): SecretFile => {
  let isUsed = false;
  try {
    writeFileSync(path, '', { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!(isThere && isLeftOver(path)))
      throw new Refused(
        `${path} ${isThere ? 'exists already, and what is in it may be in use' : 'cannot be written'}.`,
      );
  }
  return {
    path,
    write: (secret) => {
      writeFileSync(path, `${secret}\n`);
      isUsed = true;
    },
    release: () => {
      if (!isUsed) rmSync(path, { force: true });
    },
  };
};

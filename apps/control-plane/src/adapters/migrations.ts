import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Migration } from '@portolan/sql';

/** The migrations from the directory that they are shipped in, in their order. */
export const readMigrations = async (directory: string): Promise<readonly Migration[]> => {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file) => ({
      id: file.slice(0, -'.sql'.length),
      sql: await readFile(join(directory, file), 'utf8'),
    })),
  );
};

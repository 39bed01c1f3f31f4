import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Migration } from './migrate.ts';

const SUFFIX = '.sql';

const filesIn = (directory: string): Promise<readonly string[] | undefined> =>
  readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });

/**
 * The migrations of a service, in their order: from the folder `migrations` beside the module, which is where a build puts them,
 * or else from the one above, which is where they lie in the sources.
 * @param moduleUrl  `import.meta.url` of a module in the service's `src`
 */
export const readMigrations = async (moduleUrl: string): Promise<readonly Migration[]> => {
  for (const place of ['./migrations/', '../migrations/']) {
    const directory = fileURLToPath(new URL(place, moduleUrl));
    const files = await filesIn(directory);
    if (files === undefined) continue;
    const scripts = files.filter((file) => file.endsWith(SUFFIX)).sort();
    return Promise.all(
      scripts.map(async (file) => ({
        id: file.slice(0, -SUFFIX.length),
        sql: await readFile(`${directory}${file}`, 'utf8'),
      })),
    );
  }
  throw new Error('There is no folder of migrations beside the program.');
};

import { cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The files that PGlite reads while it starts; it looks for them beside the module that it is in, so beside the bundle. */
const EMBEDDED_DATABASE_FILES = ['pglite.wasm', 'pglite.data', 'initdb.wasm'];

const EMBEDDED_DATABASE = /@electric-sql\/pglite\/dist\/[^/]+\.js$/;

/**
 * What must lie beside a bundle for it to run, and is no JavaScript: the embedded database's own files where it was bundled, and
 * the project's `migrations` folder where it has one.
 * @param inputs   paths of the files that were bundled, from the project's folder
 * @param project  the project's folder
 * @returns        `{ from, name }`, absolute path and name in the output folder
 */
export const runTimeFiles = (inputs, project) => {
  const engine = inputs.find((path) => EMBEDDED_DATABASE.test(path));
  const migrations = join(project, 'migrations');
  return [
    ...(engine === undefined
      ? []
      : EMBEDDED_DATABASE_FILES.map((name) => ({ from: join(project, dirname(engine), name), name }))),
    ...(existsSync(migrations) ? [{ from: migrations, name: 'migrations' }] : []),
  ];
};

/** Puts them there. */
export const copyRunTimeFiles = (files, outdir) => {
  for (const { from, name } of files) cpSync(from, join(outdir, name), { recursive: true });
};

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the workspace root. */
export const workspaceRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path inside the workspace, made absolute. */
export const inWorkspace = (...parts) => join(workspaceRoot, ...parts);

/** The root package.json as data. */
export const rootManifest = () => JSON.parse(readFileSync(inWorkspace('package.json'), 'utf8'));

/** Source files of all projects whose name ends like this, relative to the root. */
export const filesEndingIn = (suffix) =>
  ['apps', 'libs'].flatMap((group) =>
    readdirSync(inWorkspace(group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => {
        const source = join(group, name, 'src');
        return existsSync(inWorkspace(source))
          ? readdirSync(inWorkspace(source), { recursive: true }).map((file) => join(source, file))
          : [];
      })
      .filter((file) => file.endsWith(suffix)),
  );

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

const SOURCE = /\.[cm]?[jt]sx?$/;
const SKIPPED = new Set(['node_modules', 'dist', '__fixtures__']);

const sourceFiles = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sourceFiles(path);
    return SOURCE.test(entry.name) ? [path] : [];
  });

/** The specifiers of all imports and re-exports of one source text, types and `import()` included. */
export const importsOf = (text) => ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);

/**
 * A project with its imports, as the rules want it.
 * @param node  `{ name, root, tags }`, root relative to `workspace`
 */
export const readProject = (workspace, { name, root, tags }) => {
  const folder = join(workspace, root);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return {
    name,
    root,
    tags,
    dependencies: Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    }),
    files: sourceFiles(folder).map((path) => ({
      path: relative(workspace, path).split(sep).join('/'),
      imports: importsOf(readFileSync(path, 'utf8')),
    })),
  };
};

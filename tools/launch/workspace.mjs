import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the workspace root. */
export const workspaceRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path inside the workspace, made absolute. */
export const inWorkspace = (...parts) => join(workspaceRoot, ...parts);

/** The root package.json as data. */
export const rootManifest = () => JSON.parse(readFileSync(inWorkspace('package.json'), 'utf8'));

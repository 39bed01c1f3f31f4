import { fileURLToPath } from 'node:url';

/** Absolute path of a file of this repository. */
export const inWorkspace = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

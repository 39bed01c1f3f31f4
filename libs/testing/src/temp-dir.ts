import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempDir {
  readonly path: string;
  /** Deletes the directory and all that is in it. */
  remove(): Promise<void>;
}

/** A new empty directory that belongs to one test. */
export const tempDir = async (): Promise<TempDir> => {
  const path = await mkdtemp(join(tmpdir(), 'portolan-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
};

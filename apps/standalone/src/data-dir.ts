import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Where the parts of one platform live in its data directory. */
export interface DataDir {
  readonly root: string;
  /** Secrets of the services. */
  readonly keys: string;
  /** Made by the service that owns it, as is the next. */
  readonly vault: string;
  readonly controlPlane: string;
  readonly snapshot: string;
  readonly logs: string;
}

/** Makes what is missing, for its owner only. */
export const prepareDataDir = async (dataDir: string): Promise<DataDir> => {
  const root = resolve(dataDir);
  const dirs: DataDir = {
    root,
    keys: join(root, 'keys'),
    vault: join(root, 'vault'),
    controlPlane: join(root, 'control-plane'),
    snapshot: join(root, 'snapshot'),
    logs: join(root, 'logs'),
  };
  await mkdir(root, { recursive: true, mode: 0o700 });
  await mkdir(dirs.keys, { recursive: true, mode: 0o700 });
  await mkdir(dirs.logs, { recursive: true, mode: 0o700 });
  return dirs;
};

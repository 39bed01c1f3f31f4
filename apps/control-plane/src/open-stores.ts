import { readFile } from 'node:fs/promises';
import type { BackendChoice } from '@portolan/jobs';
import { Secret } from '@portolan/service-kit';
import { type MigratableDatabase, openPglite, openPostgres } from '@portolan/sql';
import type { ControlPlaneConfig } from './config.ts';

export interface Stores {
  readonly db: MigratableDatabase;
  /** Where jobs wait. */
  readonly queue: BackendChoice;
}

/** A URL with the password that a file holds, whatever characters it is made of. */
const withPassword = async (url: string, file: string | undefined): Promise<string> => {
  if (file === undefined || !URL.canParse(url)) return url;
  const complete = new URL(url);
  complete.password = encodeURIComponent((await readFile(file, 'utf8')).trim());
  return complete.href;
};

const redisOf = async (config: ControlPlaneConfig): Promise<BackendChoice | undefined> => {
  const { CONTROL_PLANE_REDIS_URL: url, CONTROL_PLANE_REDIS_PASSWORD_FILE: file } = config;
  return url === undefined ? undefined : { kind: 'redis', url: new Secret(await withPassword(url, file)) };
};

/** The database, whose schema may be old or missing still, and the queue. @throws Error with one sentence for the operator */
export const openStores = async (config: ControlPlaneConfig): Promise<Stores> => {
  const { CONTROL_PLANE_DATABASE_URL: url, CONTROL_PLANE_DATA_DIR: dataDir } = config;
  const redis = await redisOf(config);
  if (url !== undefined) {
    if (redis === undefined) throw new Error('Set CONTROL_PLANE_REDIS_URL: with PostgreSQL, jobs wait in Redis.');
    const complete = await withPassword(url, config.CONTROL_PLANE_DATABASE_PASSWORD_FILE);
    return { db: openPostgres({ url: complete, applicationName: 'portolan-control-plane' }), queue: redis };
  }
  if (dataDir === undefined) {
    throw new Error('Set CONTROL_PLANE_DATABASE_URL, or CONTROL_PLANE_DATA_DIR for the embedded database.');
  }
  const embedded = await openPglite({ dataDir });
  return { db: embedded, queue: redis ?? { kind: 'embedded', database: embedded } };
};

import { randomBytes, randomInt } from 'node:crypto';
import process from 'node:process';
import { Client } from 'pg';

/** Which databases a platform under test keeps its things in. */
export interface Stores {
  /** Variables that choose them; none for the embedded ones. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

const EMBEDDED: Stores = { env: {}, remove: async () => undefined };

/** Redis has this many databases unless told otherwise. */
const REDIS_DATABASES = 16;

const { TEST_POSTGRES_URL: postgres, TEST_REDIS_URL: redis } = process.env;

/** Both are needed: with PostgreSQL, jobs wait in Redis. */
export const areServersGiven = postgres !== undefined && redis !== undefined;

const onServer = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
};

const at = (url: string, path: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${path}`;
  return changed.href;
};

/** New databases on the servers that `TEST_POSTGRES_URL` and `TEST_REDIS_URL` name, or the embedded ones. */
export const openStores = async (): Promise<Stores> => {
  if (postgres === undefined || redis === undefined) return EMBEDDED;
  const name = `portolan_e2e_${randomBytes(6).toString('hex')}`;
  const names = [`${name}_vault`, `${name}_control_plane`] as const;
  for (const database of names) await onServer(postgres, `create database ${database}`);
  const [vault, controlPlane] = names;
  return {
    env: {
      VAULT_DATABASE_URL: at(postgres, vault),
      CONTROL_PLANE_DATABASE_URL: at(postgres, controlPlane),
      CONTROL_PLANE_REDIS_URL: at(redis, String(randomInt(1, REDIS_DATABASES))),
    },
    async remove() {
      for (const database of names) await onServer(postgres, `drop database ${database} with (force)`);
    },
  };
};

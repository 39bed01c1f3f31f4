import { randomBytes } from 'node:crypto';
import { type MigratableDatabase, openPglite, openPostgres } from '@portolan/sql';
import { type Tenant, type TestPlatform, testPlatform, withTables } from '../platform.ts';

const KEYS = 10_000;
const CALLS = 400;
const WARM_UP = 20;

interface Opened {
  readonly name: string;
  readonly database: MigratableDatabase;
  close(): Promise<void>;
}

const openEmbedded = async (): Promise<Opened> => {
  const database = await openPglite();
  return { name: 'PGlite', database, close: () => database.close() };
};

const openServer = async (server: string): Promise<Opened> => {
  const own = `control_plane_bench_${randomBytes(6).toString('hex')}`;
  const admin = openPostgres({ url: server });
  await admin.query(`create database ${own}`);
  const url = new URL(server);
  url.pathname = own;
  const database = openPostgres({ url: url.href });
  return {
    name: 'PostgreSQL',
    database,
    close: async () => {
      await database.close();
      await admin.query(`drop database ${own}`);
      await admin.close();
    },
  };
};

const fill = async ({ deps }: TestPlatform, { organizationId, workspaceId }: Tenant): Promise<void> => {
  await deps.db.query(
    `insert into api_keys (id, organization_id, workspace_id, type, name, scopes, masked, created_at)
     select gen_random_uuid()::text, $1, $2, 'workspace-service', 'key ' || n, '["completions.write"]', 'pk-abcdefgh********wxyz',
       now() - n * interval '1 second' from generate_series(1, $3::int) n`,
    [organizationId, workspaceId, KEYS],
  );
  const [integration] = await deps.db.query(
    `insert into integrations (id, organization_id, workspace_id, slug, name, provider, credential_id)
     values (gen_random_uuid()::text, $1, $2, 'bench', 'bench', 'openai', gen_random_uuid()::text) returning id`,
    [organizationId, workspaceId],
  );
  await deps.db.query(
    `insert into virtual_keys (id, organization_id, workspace_id, integration_id, slug, name, created_at)
     select gen_random_uuid()::text, $1, $2, $3, 'key-' || n, 'key ' || n, now() - n * interval '1 second'
     from generate_series(1, $4::int) n`,
    [organizationId, workspaceId, String(integration?.id), KEYS],
  );
  await deps.db.query('analyze');
};

const percentile = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);

const measure = async (platform: TestPlatform, key: string, path: string): Promise<string> => {
  const took: number[] = [];
  let cpu = process.cpuUsage();
  for (let call = 0; call < WARM_UP + CALLS; call += 1) {
    const page = (call * 37) % Math.ceil(KEYS / 100);
    const from = performance.now();
    const { status } = await platform.call(key, 'GET', `${path}?page_size=100&current_page=${page}`);
    if (status !== 200) throw new Error(`${path} answered ${status}.`);
    if (call >= WARM_UP) took.push(performance.now() - from);
    else cpu = process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = ((user + system) / 1_000 / CALLS).toFixed(1);
  took.sort((a, b) => a - b);
  return `p50 ${percentile(took, 0.5)} ms, p95 ${percentile(took, 0.95)} ms, p99 ${percentile(took, 0.99)} ms, ${cpuMs} ms of this process's CPU a call`;
};

const run = async ({ name, database, close }: Opened): Promise<void> => {
  try {
    const platform = testPlatform(await withTables(database));
    const tenant = await platform.tenant();
    await fill(platform, tenant);
    const holders = { 'workspace key': await tenant.key(), 'admin key': await tenant.key('organisation-service') };
    for (const path of ['/api-keys', '/virtual-keys']) {
      for (const [holder, key] of Object.entries(holders)) {
        process.stdout.write(
          `${name}  GET ${path} by a ${holder}, pages of 100 of ${KEYS}: ${await measure(platform, key, path)}\n`,
        );
      }
    }
    await platform.app.close();
  } finally {
    await close();
  }
};

/**
 * How long a page of a list over 10,000 keys takes, from request to answer, over the embedded database or over a server.
 * @param server  a database is made there and deleted again; undefined measures PGlite
 */
export const benchLists = async (server: string | undefined): Promise<void> =>
  run(server === undefined ? await openEmbedded() : await openServer(server));

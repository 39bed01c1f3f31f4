/** Measures the built vault over PostgreSQL: `npm run bench:vault`, with TEST_POSTGRES_URL set to a server. */
import { randomBytes } from 'node:crypto';
import { VaultOperatorServiceService, VaultServiceService } from '@portolan/proto';
import type { RpcClient } from '@portolan/rpc';
import { type Database, openPostgres } from '@portolan/sql';
import { until } from '@portolan/testing';
import { ACTOR, creation } from '../calls.ts';
import { startVaultProcess } from '../start-vault-process.ts';
import { clientFor, createVaultFolder, type Identity, IN_TIME, type VaultFolder } from '../vault-service.ts';
import { fill } from './fill.ts';
import { describeMs } from './latencies.ts';
import { multiplexed, resolveOnce, resolveSteadily } from './resolving.ts';
import { startWatchers } from './revoking.ts';

const CREDENTIALS = 100_000;
const COLD_CALLS = 3_000;
const WARM_UP_CALLS = 300;
const RATE = 500;
const BASELINE_MS = 10_000;
const WATCHERS = 20;
const REVOCATIONS = 200;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const describeErrors = (errors: readonly unknown[]): string =>
  `${errors.length} errors ${[...new Set(errors.map(String))].join('; ')}`.trim();

const measureCold = async (gateway: RpcClient, ids: readonly string[]): Promise<void> => {
  const caller = multiplexed(gateway);
  for (const id of ids.slice(0, WARM_UP_CALLS)) await resolveOnce(caller, id);
  const latencies: number[] = [];
  for (const id of ids.slice(WARM_UP_CALLS, WARM_UP_CALLS + COLD_CALLS)) latencies.push(await resolveOnce(caller, id));
  caller.close();
  say(`cold ResolveCredential, one after another: ${describeMs(latencies)}`);
};

const measureRewrap = async (
  gateway: RpcClient,
  operator: RpcClient,
  database: Database,
  ids: readonly string[],
): Promise<void> => {
  const caller = multiplexed(gateway);
  const alone = resolveSteadily(caller, ids, RATE);
  const over = performance.now() + BASELINE_MS;
  await until(() => performance.now() > over, { timeoutMs: BASELINE_MS * 2 });
  const before = await alone.stop();
  say(`${RATE} resolves/s alone: ${describeMs(before.latencies)}, ${describeErrors(before.errors)}`);

  const beside = resolveSteadily(caller, ids, RATE);
  const startedAt = performance.now();
  await operator.unary(VaultOperatorServiceService.rotateTenantKey, { organizationId: 'org-1', actor: ACTOR }, IN_TIME);
  const isFinished = async (): Promise<boolean> => {
    const [row] = await database.query(
      `select min_version = current_version as finished from vault_tenant_keys where organization_id = 'org-1'`,
    );
    return row?.finished === true;
  };
  await until(isFinished, { timeoutMs: 600_000, what: 'the end of the rewrap' });
  const seconds = (performance.now() - startedAt) / 1_000;
  const during = await beside.stop();
  caller.close();
  say(`${ids.length} credentials rewrapped in ${seconds.toFixed(1)} s; ${RATE} resolves/s beside it:`);
  say(`  ${describeMs(during.latencies)}, ${describeErrors(during.errors)}`);
};

const measureRevocations = async (
  controlPlane: RpcClient,
  gateways: readonly RpcClient[],
  ids: readonly string[],
): Promise<void> => {
  const watchers = await startWatchers(gateways);
  const latencies: number[] = [];
  for (const id of ids.slice(0, REVOCATIONS)) {
    const startedAt = performance.now();
    await controlPlane.unary(
      VaultServiceService.revokeCredential,
      { organizationId: 'org-1', id, actor: ACTOR },
      IN_TIME,
    );
    for (const at of await watchers.heard(id)) latencies.push(at - startedAt);
  }
  watchers.close();
  say(`revoke to each of ${gateways.length} watchers on two instances: ${describeMs(latencies)}`);
};

const measure = async (folder: VaultFolder, entry: string, databaseUrl: string): Promise<void> => {
  const env = { ...folder.env, VAULT_STORE: 'postgres', VAULT_DATABASE_URL: databaseUrl };
  const vaults = [await startVaultProcess({ entry }, { env }), await startVaultProcess({ entry }, { env })];
  const database = openPostgres({ url: databaseUrl });
  const clients: RpcClient[] = [];
  const as = (identity: Identity, vault = vaults[0]): RpcClient => {
    const client = clientFor(folder, vault?.port ?? 0, identity);
    clients.push(client);
    return client;
  };
  try {
    // Its organization gets its key in the usual way.
    await as('control-plane').unary(VaultServiceService.createCredential, creation(), IN_TIME);
    const startedAt = performance.now();
    const ids = await fill(database, folder.rootKeyFile, CREDENTIALS);
    await database.query('analyze');
    say(`${CREDENTIALS} credentials stored in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    await measureCold(as('gateway'), ids);
    await measureRewrap(as('gateway'), as('operator'), database, ids);
    const gateways = Array.from({ length: WATCHERS }, (_, at) => as('gateway', vaults[at % vaults.length]));
    await measureRevocations(as('control-plane'), gateways, ids);
  } finally {
    for (const client of clients) client.close();
    await database.close();
    for (const vault of vaults) await vault.stop();
  }
};

/** @param entry the built vault; @param serverUrl a PostgreSQL server, on which a database is made and deleted again */
export const benchVault = async (entry: string, serverUrl: string): Promise<void> => {
  const name = `vault_bench_${randomBytes(6).toString('hex')}`;
  const onServer = async (statement: string): Promise<void> => {
    const server = openPostgres({ url: serverUrl });
    await server.query(statement);
    await server.close();
  };
  await onServer(`create database ${name}`);
  const folder = await createVaultFolder();
  try {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    await measure(folder, entry, url.href);
  } finally {
    await folder.remove();
    await onServer(`drop database ${name} with (force)`);
  }
};

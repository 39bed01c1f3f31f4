import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  VaultGatewayServiceService,
  VaultOperatorServiceService,
  VaultPepperServiceService,
  VaultSealingServiceService,
} from '@portolan/proto';
import { type MigratableDatabase, openPglite } from '@portolan/sql';
import { until } from '@portolan/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AuditEntry } from '../domain/audit.ts';
import { create, creation, failureOf, resolve, revoke, secretsIn } from '../testing/calls.ts';
import { emptyVaultTables, withVaultTables } from '../testing/vault-database.ts';
import {
  createVaultFolder,
  IN_TIME,
  type RunningVault,
  rootKeyText,
  startVaultOver,
  type VaultFolder,
  writeSecretFile,
} from '../testing/vault-service.ts';

/** An embedded database starts slowly on a busy machine. */
const START_MS = 60_000;

const ACTOR = 'user:operator';

let database: MigratableDatabase;
const vaults: RunningVault[] = [];
const folders: VaultFolder[] = [];
beforeAll(async () => {
  database = await withVaultTables(await openPglite());
}, START_MS);
beforeEach(() => emptyVaultTables(database));
afterEach(async () => {
  for (const vault of vaults.splice(0)) await vault.stop();
  for (const folder of folders.splice(0)) await folder.remove();
});
afterAll(() => database.close());

const start = async (folder: VaultFolder): Promise<RunningVault> => {
  const vault = await startVaultOver(database, folder);
  vaults.push(vault);
  return vault;
};
const newFolder = async (rootKey?: string): Promise<VaultFolder> => {
  const folder = await createVaultFolder(rootKey);
  folders.push(folder);
  return folder;
};
const opened = async (folder?: VaultFolder): Promise<RunningVault> => {
  const vault = await start(folder ?? (await newFolder()));
  await vault.service.open();
  return vault;
};
const statusOf = (vault: RunningVault) =>
  vault.as('operator').unary(VaultOperatorServiceService.getStatus, {}, IN_TIME);
const peppersOf = (vault: RunningVault) => vault.as('gateway').unary(VaultPepperServiceService.getPeppers, {}, IN_TIME);
const sealingKeysOf = async (vault: RunningVault) =>
  (await vault.as('control-plane').unary(VaultSealingServiceService.getSealingKeys, {}, IN_TIME)).keys;
const rotateSealingKey = (vault: RunningVault) =>
  vault.as('operator').unary(VaultOperatorServiceService.rotateSealingKey, { actor: ACTOR }, IN_TIME);
/** The database's part of the audit is written a moment after the file's. Newest first. */
const sealingKeyAudit = async (max: number): Promise<readonly AuditEntry[]> => {
  const rows = await database.query(
    `select line from vault_audit where action like 'sealing-key.%' order by sequence desc limit $1`,
    [max],
  );
  return rows.map(({ line }): AuditEntry => JSON.parse(String(line)));
};
const rotateTenantKey = (vault: RunningVault, organizationId = 'org-1') =>
  vault.as('operator').unary(VaultOperatorServiceService.rotateTenantKey, { organizationId, actor: ACTOR }, IN_TIME);
const rotateRootKey = (vault: RunningVault) =>
  vault.as('operator').unary(VaultOperatorServiceService.rotateRootKey, { actor: ACTOR }, IN_TIME);

test('V5: without its root key the vault lives, is not ready, says why, and is ready once the key is there', async () => {
  const folder = await newFolder('');
  const vault = await start(folder);
  const opening = vault.service.open();
  const status = await until(async () => {
    const found = await statusOf(vault);
    return found.sealedBecause.includes('cannot be read') ? found : undefined;
  });
  expect(status).toMatchObject({ isSealed: true, rootKeyId: '' });
  expect(status.sealedBecause).toContain(folder.rootKeyFile);
  expect(vault.service.ready()).toBe(false);
  const calls = [() => resolve(vault, creation().id), () => create(vault, creation()), () => peppersOf(vault)];
  for (const call of calls) {
    const error = await failureOf(call());
    expect(error.type).toBe('store_unavailable');
    expect(error.message).toBe('The vault is sealed: its root key is missing or not usable.');
  }
  expect((await vault.service.metrics()).text).toContain('portolan_vault_sealed 1');

  await writeSecretFile(folder.rootKeyFile, rootKeyText('root-1'));
  await until(() => vault.service.ready(), { timeoutMs: 20_000, what: 'readiness after the key came' });
  await opening;
  const { id } = await create(vault, creation());
  expect(secretsIn(await resolve(vault, id))).toHaveProperty('key');
  expect((await vault.service.metrics()).text).toContain('portolan_vault_sealed 0');
});

test('V5: a wrong root key leaves the vault sealed and says so, to callers without naming it', async () => {
  const first = await opened();
  await create(first, creation());
  const vault = await start(await newFolder(rootKeyText('root-1')));
  const opening = vault.service.open();
  const status = await until(async () => {
    const found = await statusOf(vault);
    return found.sealedBecause.includes('does not open') ? found : undefined;
  });
  expect(status.sealedBecause).toContain('root-1');
  const error = await failureOf(resolve(vault, creation().id));
  expect(error.message).toBe('The vault is sealed: its root key does not open what is stored.');
  vault.service.announceShutdown();
  await opening;
  expect(vault.service.ready()).toBe(false);
});

test('a database with a newer schema keeps the vault from starting, with its sentence', async () => {
  const add = `insert into schema_migrations (service, id, checksum) values ('vault', '9999_newer', 'x')`;
  await database.query(add);
  try {
    const vault = await start(await newFolder());
    await expect(vault.service.open()).rejects.toThrow('start the version that made it, or a newer one');
  } finally {
    await database.query(`delete from schema_migrations where id = '9999_newer'`);
  }
});

test('peppers are made at the first start, stay over restarts, and keep one that came before', async () => {
  const folder = await newFolder();
  const first = await peppersOf(await opened(folder));
  expect(first.current?.value).toHaveLength(32);
  expect(first.previous).toBeUndefined();
  const vault = await opened(folder);
  expect(await peppersOf(vault)).toEqual(first);
  const { currentId } = await vault
    .as('operator')
    .unary(VaultOperatorServiceService.rotatePepper, { actor: ACTOR }, IN_TIME);
  const second = await peppersOf(vault);
  expect(second.current?.id).toBe(currentId);
  expect(second.current?.value.equals(first.current?.value ?? Buffer.alloc(0))).toBe(false);
  expect(second.previous).toEqual(first.current);
  const asControlPlane = vault.as('control-plane').unary(VaultPepperServiceService.getPeppers, {}, IN_TIME);
  expect(await asControlPlane).toEqual(second);
  // The file had them first; the database gets them a moment later.
  await until(async () => {
    const told = await database.query(
      `select line from vault_audit where action = 'pepper.rotate' order by sequence desc limit 2`,
    );
    const actors = told.map((row) => JSON.parse(String(row.line)).actor);
    return isDeepStrictEqual(actors, [ACTOR, 'job:first-start']);
  });
  const rows = await database.query('select sealed from vault_service_keys');
  for (const { value } of [second.current, second.previous].flatMap((pepper) => pepper ?? [])) {
    expect(JSON.stringify(rows)).not.toContain(value.toString('base64url'));
  }
});

test('sealing keys are made at the first start, all of them stay, newest first, and none of them shows in the database or the audit', async () => {
  const folder = await newFolder();
  const [first, ...none] = await sealingKeysOf(await opened(folder));
  expect(none).toEqual([]);
  expect(first?.value).toHaveLength(32);
  const vault = await opened(folder);
  const ids = [first?.id];
  for (let times = 0; times < 3; times += 1) ids.unshift((await rotateSealingKey(vault)).currentId);
  const keys = await sealingKeysOf(vault);
  expect(keys.map(({ id }) => id)).toEqual(ids);
  expect(new Set(keys.map(({ value }) => value.toString('hex'))).size).toBe(4);
  expect(keys.at(-1)).toEqual(first);
  const told = await until(async () => {
    const lines = await sealingKeyAudit(6);
    // The last release, that is, and not the one before the rotations.
    return lines[0]?.action === 'sealing-key.release' && lines[1]?.actor === ACTOR ? lines : undefined;
  });
  expect(told.map(({ action, actor, caller }) => [action, actor, caller])).toEqual([
    ['sealing-key.release', null, 'control-plane'],
    ...Array.from({ length: 3 }, () => ['sealing-key.rotate', ACTOR, 'operator']),
    ['sealing-key.release', null, 'control-plane'],
    ['sealing-key.rotate', 'job:first-start', 'vault'],
  ]);
  const stored = JSON.stringify([await database.query('select id, sealed from vault_service_keys'), told]);
  for (const { value } of keys) {
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      expect(stored).not.toContain(value.toString(encoding));
  }
});

test('a pepper that is moved to the place of a sealing key does not open there', async () => {
  const vault = await opened();
  await database.query(
    `update vault_service_keys set sealed = (select sealed from vault_service_keys where purpose = 'pepper')
     where purpose = 'sealing'`,
  );
  expect((await failureOf(sealingKeysOf(vault))).type).toBe('credential_unreadable');
  expect((await peppersOf(vault)).current?.value).toHaveLength(32);
});

test('no sealing key is given up for a new one: there may be a hundred', async () => {
  const vault = await opened();
  for (let times = 1; times < 100; times += 1) await rotateSealingKey(vault);
  expect((await failureOf(rotateSealingKey(vault))).type).toBe('conflict');
  expect(await sealingKeysOf(vault)).toHaveLength(100);
  const refused = await until(async () => (await sealingKeyAudit(2)).find(({ outcome }) => outcome === 'refused'));
  expect(refused).toMatchObject({ action: 'sealing-key.rotate', reason: 'too_many_keys' });
}, 60_000);

test('a rotated tenant key moves every secret in the background, retires the old version, and leaves the canary readable', async () => {
  const vault = await opened();
  const made = await Promise.all(
    Array.from({ length: 120 }, (_, at) => create(vault, creation({ settings: { key: `sk-canary-${at}` } }))),
  );
  await statusOf(vault);
  expect((await rotateTenantKey(vault)).toVersion).toBe(2);
  await until(async () => (await statusOf(vault)).rewraps.length === 0, { timeoutMs: 20_000 });
  const versions = await database.query(
    `select distinct key_version from vault_credential_secrets s join vault_credentials c on c.id = s.credential_id`,
  );
  expect(versions).toEqual([{ key_version: 2 }]);
  expect((await statusOf(vault)).unreadableOrganizationIds).toEqual([]);
  for (const [at, { id }] of made.entries()) {
    expect(secretsIn(await resolve(vault, id))).toEqual({ key: `sk-canary-${at}` });
  }
  expect((await failureOf(rotateTenantKey(vault, 'org-unknown'))).type).toBe('not_found');
  expect((await failureOf(rotateTenantKey(vault, 'vault:platform'))).type).toBe('invalid_request_error');
}, 60_000);

test('V3: a changed root key is taken up while the vault runs; then the old one is not needed any more', async () => {
  const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
  const entry = (id: string, key: Buffer) => ({ id, key: key.toString('base64') });
  const folder = await newFolder(JSON.stringify({ current: entry('old', oldKey) }));
  const vault = await opened(folder);
  const other = await opened(folder);
  const { id } = await create(vault, creation());
  const { current } = await peppersOf(vault);
  await writeSecretFile(
    folder.rootKeyFile,
    JSON.stringify({ current: entry('new', newKey), previous: entry('old', oldKey) }),
  );
  // The tenant's key and the platform's own.
  expect(await rotateRootKey(vault)).toEqual({ rewrapped: 2, refused: 0 });
  expect((await statusOf(vault)).rootKeyId).toBe('new');
  // Another instance finds the changed key by itself, when it meets something that the old one does not open.
  expect((await statusOf(other)).unreadableOrganizationIds).toEqual([]);
  expect(secretsIn(await resolve(other, id))).toHaveProperty('key');

  await writeSecretFile(folder.rootKeyFile, JSON.stringify({ current: entry('new', newKey) }));
  const fresh = await opened(folder);
  expect(secretsIn(await resolve(fresh, id))).toHaveProperty('key');
  expect((await peppersOf(fresh)).current).toEqual(current);
});

test('a rotation to a root key that opens nothing is refused, and the vault goes on with the one it has', async () => {
  const folder = await newFolder();
  const vault = await opened(folder);
  const { id } = await create(vault, creation());
  await writeSecretFile(folder.rootKeyFile, rootKeyText('unrelated'));
  expect((await failureOf(rotateRootKey(vault))).type).toBe('store_unavailable');
  await rm(folder.rootKeyFile);
  await failureOf(rotateRootKey(vault));
  expect(secretsIn(await resolve(vault, id))).toHaveProperty('key');
});

test('the self-test names an organization whose records do not open, and says nothing of the others', async () => {
  const vault = await opened();
  await create(vault, creation({ organizationId: 'org-1' }));
  await create(vault, creation({ organizationId: 'org-2' }));
  const well = await statusOf(vault);
  expect(well).toMatchObject({ isSealed: false, rootKeyId: 'root-1', unreadableOrganizationIds: [] });
  expect(well.selfTestTime?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  await database.query(
    `update vault_tenant_key_versions v set wrapped = o.wrapped from vault_tenant_key_versions o
     where v.tenant_key_id = (select id from vault_tenant_keys where organization_id = 'org-2')
       and o.tenant_key_id = (select id from vault_tenant_keys where organization_id = 'org-1')`,
  );
  expect((await statusOf(vault)).unreadableOrganizationIds).toEqual(['org-2']);
});

test('V7: while neither sink of the audit takes anything, nothing is changed or given out; one of them is enough', async () => {
  const folder = await newFolder();
  const vault = await opened(folder);
  const { id } = await create(vault, creation());
  const file = folder.env.VAULT_AUDIT_FILE ?? '';
  const breakFile = async (): Promise<void> => {
    await rm(file, { force: true });
    await mkdir(file);
  };
  const mendFile = () => rm(file, { recursive: true });
  const breakTable = () => database.query('alter table vault_audit rename to vault_audit_away');
  const mendTable = () => database.query('alter table vault_audit_away rename to vault_audit');

  await breakFile();
  expect(secretsIn(await resolve(vault, id))).toHaveProperty('key');
  await breakTable();
  try {
    for (const call of [() => resolve(vault, id), () => peppersOf(vault), () => rotateTenantKey(vault)]) {
      expect((await failureOf(call())).message).toBe('The audit of the vault cannot be written to.');
    }
    await mendFile();
    expect(secretsIn(await resolve(vault, id))).toHaveProperty('key');
    // A change stands or falls with its entry in the database.
    await failureOf(revoke(vault, id));
    expect(secretsIn(await resolve(vault, id))).toHaveProperty('key');
  } finally {
    await mendTable();
  }
  expect((await revoke(vault, id)).generation).toBe(2);
  expect((await vault.service.metrics()).text).toMatch(/portolan_vault_audit_failures_total\{sink="file"\} [1-9]/);
});

test('V9: a revocation reaches every watcher of every instance, and what was missed is told later', async () => {
  const folder = await newFolder();
  const instances = [await opened(folder), await opened(folder)];
  const [first, second] = instances;
  if (first === undefined || second === undefined) throw new Error('there are two');
  const { id } = await create(first, creation());
  const heard: string[] = [];
  const leaving = Array.from({ length: 20 }, () => new AbortController());
  const follow = async (vault: RunningVault, name: number, signal: AbortSignal): Promise<void> => {
    const events = vault
      .as('gateway')
      .stream(VaultGatewayServiceService.watchCredentials, { resumeToken: '' }, { ...IN_TIME, signal });
    for await (const { event } of events) {
      if (event?.$case === 'heartbeat') heard.push(`${name} watches`);
      if (event?.$case === 'change') heard.push(`${name} heard ${event.value.credentialId} ${event.value.generation}`);
    }
  };
  const watching = leaving.map(({ signal }, at) =>
    follow(at % 2 === 0 ? first : second, at, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    }),
  );
  await until(() => Array.from({ length: 20 }, (_, at) => heard.includes(`${at} watches`)).every(Boolean));
  await revoke(first, id);
  await until(() => Array.from({ length: 20 }, (_, at) => heard.includes(`${at} heard ${id} 2`)).every(Boolean), {
    timeoutMs: 20_000,
    what: 'the word of the revocation at all 20',
  });
  for (const one of leaving) one.abort();
  await Promise.all(watching);
});

test('a vault that stops ends its watches with a word that says so', async () => {
  const vault = await opened();
  let heard = 0;
  const watching = async (): Promise<void> => {
    const events = vault
      .as('gateway')
      .stream(VaultGatewayServiceService.watchCredentials, { resumeToken: '' }, IN_TIME);
    for await (const _ of events) heard += 1;
  };
  const ended = failureOf(watching());
  await until(() => heard > 0);
  vaults.splice(0);
  vault.service.announceShutdown();
  expect(vault.service.ready()).toBe(false);
  await vault.service.drain();
  expect((await ended).type).toBe('shutting_down');
});

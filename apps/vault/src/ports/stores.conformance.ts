import type { Database } from '@portolan/sql';
import { expect, test } from 'vitest';
import { CHAIN_START, followChain, recentPosition, sqlAuditSink } from '../adapters/audit/sql.ts';
import { sqlCanaries } from '../adapters/canaries/sql.ts';
import { sqlChanges } from '../adapters/changes/sql.ts';
import { sqlCredentials } from '../adapters/credentials/sql.ts';
import { sqlLeases } from '../adapters/leases/sql.ts';
import { sqlServiceKeys } from '../adapters/service-keys/sql.ts';
import { sqlTenantKeys } from '../adapters/tenant-keys/sql.ts';
import { auditLine } from '../domain/audit.ts';
import { OVERLAP_MS, revoke, rotate } from '../domain/rotation.ts';
import { auditSample, credentialRow } from '../testing/samples.ts';

const sealed = (body: string): string => `v1.t1.1.salt.nonce.${body}`;

const withKey = (id: string) =>
  credentialRow(id, {
    versions: [{ version: 1, validUntilMs: null, secrets: [{ field: 'key', sealed: sealed(id), masked: '********' }] }],
  });

/** What the vault's smaller stores promise over any database. @param open the database, with empty vault tables */
export const storesConformance = (open: () => Database): void => {
  const start = async () => {
    const database = open();
    const tenantKeys = sqlTenantKeys(database);
    await tenantKeys.create({ organizationId: 'org-1', id: 't1', wrapped: 'w1.root.AAAA' });
    return { database, tenantKeys, credentials: sqlCredentials(database), changes: sqlChanges(database) };
  };
  const headOf = async (database: Database) => (await sqlChanges(database).after(Number.MAX_SAFE_INTEGER, 1)).head;

  test('every saved change is told once, in the order of the commits, and one that was not saved is not', async () => {
    const { database, credentials, changes } = await start();
    const { revision: before, epoch } = await headOf(database);
    await credentials.insert(withKey('c1'), auditSample());
    await credentials.insert(withKey('c1'), auditSample());
    await credentials.update({ ...withKey('c1'), generation: 2 }, 9, auditSample());
    await credentials.update(revoke(withKey('c1')), 1, auditSample());
    const told = await changes.after(before, 10);
    expect(told.head).toEqual({ epoch, revision: before + 2 });
    expect(told.changes).toEqual([
      { revision: before + 1, credentialId: 'c1', organizationId: 'org-1', generation: 1, status: 'active' },
      { revision: before + 2, credentialId: 'c1', organizationId: 'org-1', generation: 2, status: 'revoked' },
    ]);
    expect((await changes.after(before, 1)).changes).toHaveLength(1);
  });

  test('changes that are made at once get numbers without a gap', async () => {
    const { database, credentials, changes } = await start();
    const { revision } = await headOf(database);
    const ids = Array.from({ length: 12 }, (_, at) => `c${at}`);
    await Promise.all(ids.map((id) => credentials.insert(withKey(id), auditSample())));
    const told = (await changes.after(revision, 100)).changes;
    expect(told.map((change) => change.revision)).toEqual(ids.map((_, at) => revision + at + 1));
    expect(told.map((change) => change.credentialId).toSorted()).toEqual(ids.toSorted());
  });

  test('pruned changes are gone, and it is known from where on none is missing', async () => {
    const { database, credentials, changes } = await start();
    const { revision } = await headOf(database);
    expect(await changes.completeAfter()).toBe(revision);
    for (const id of ['c1', 'c2', 'c3']) await credentials.insert(withKey(id), auditSample());
    expect(await changes.completeAfter()).toBe(revision);
    expect(await changes.prune(1)).toBe(2);
    expect(await changes.prune(1)).toBe(0);
    expect(await changes.completeAfter()).toBe(revision + 2);
    expect((await changes.after(0, 10)).changes.map(({ credentialId }) => credentialId)).toEqual(['c3']);
  });

  test('the audit of a change is written with it or not at all', async () => {
    const { database, credentials } = await start();
    const count = async () => Number((await database.query('select count(*) as count from vault_audit'))[0]?.count);
    const before = await count();
    await credentials.insert(withKey('c1'), auditSample());
    await credentials.insert(withKey('c1'), auditSample());
    await credentials.update({ ...withKey('c1'), generation: 2 }, 9, auditSample());
    expect(await count()).toBe(before + 1);
  });

  test('the audit can be added to and not be changed, emptied or cut, and the chain shows what happened all the same', async () => {
    const { database } = await start();
    const sink = sqlAuditSink(database);
    const line = (credentialId: string) => auditLine(auditSample({ credentialId, organizationId: 'org-1' }));
    await Promise.all([sink.write([line('a'), line('b')]), sink.write([line('c')])]);
    for (const attack of [`update vault_audit set line = '{}'`, 'delete from vault_audit', 'truncate vault_audit']) {
      await expect(database.query(attack)).rejects.toThrow('append-only');
    }
    const whole = await followChain(database, CHAIN_START);
    expect(whole.isIntact).toBe(true);
    expect(await recentPosition(database, whole.sequence + 1)).toEqual(CHAIN_START);
    expect(await followChain(database, await recentPosition(database, 2))).toEqual(whole);
    const rows = await database.query(
      'select action, organization_id, credential_id from vault_audit order by sequence desc limit 3',
    );
    expect(rows.map((row) => row.credential_id).toSorted()).toEqual(['a', 'b', 'c']);
    expect(rows[0]).toMatchObject({ action: 'credential.create', organization_id: 'org-1' });

    // Whoever owns the table can take the trigger away; the chain still tells.
    const attacks = [
      `update vault_audit set line = replace(line, '"b"', '"x"') where credential_id = 'b' and sequence > $1`,
      `delete from vault_audit where credential_id = 'b' and sequence > $1`,
      'delete from vault_audit where sequence = (select max(sequence) from vault_audit) and sequence > $1',
    ];
    for (const attack of attacks) {
      const undo = new Error('undo');
      const attacked = database.transaction(async (tx) => {
        await tx.query('alter table vault_audit disable trigger vault_audit_is_append_only');
        await tx.query(attack, [0]);
        expect((await followChain(tx, CHAIN_START)).isIntact).toBe(false);
        throw undo;
      });
      await expect(attacked).rejects.toBe(undo);
    }
    expect(await followChain(database, CHAIN_START)).toEqual(whole);
  });

  test('V12: old secrets are there until their time is over, and not a moment longer', async () => {
    const { database, credentials } = await start();
    const nowMs = 1_700_000_000_000;
    await credentials.insert(withKey('c1'), auditSample());
    const secrets = [{ field: 'key', sealed: sealed('new'), masked: '********' }];
    await credentials.update(rotate(withKey('c1'), secrets, { nowMs }), 1, auditSample());
    expect(await credentials.deleteExpired(nowMs + OVERLAP_MS - 1, 10)).toBe(0);
    expect((await credentials.find('c1'))?.versions.map(({ version }) => version)).toEqual([1, 2]);
    expect(await credentials.deleteExpired(nowMs + OVERLAP_MS, 10)).toBe(1);
    expect((await credentials.find('c1'))?.versions.map(({ version }) => version)).toEqual([2]);
    expect(await database.query('select sealed from vault_credential_secrets')).toEqual([{ sealed: sealed('new') }]);
    expect(await credentials.deleteExpired(nowMs + 10 * OVERLAP_MS, 10)).toBe(0);
  });

  test('credentials are listed in the order of their ids, in parts', async () => {
    const { credentials } = await start();
    for (const id of ['c2', 'c1', 'c3']) await credentials.insert(withKey(id), auditSample());
    expect((await credentials.list('', 2)).map(({ id }) => id)).toEqual(['c1', 'c2']);
    expect(await credentials.list('c2', 2)).toMatchObject([withKey('c3')]);
  });

  test('a key that was rolled is unfinished until nothing is sealed with its old versions', async () => {
    const { credentials, tenantKeys } = await start();
    await credentials.insert(withKey('c1'), auditSample());
    expect(await credentials.unfinished(10)).toEqual([]);
    await tenantKeys.add({ id: 't1', version: 2, wrapped: 'w1.root.BBBB' });
    expect(await credentials.unfinished(10)).toEqual([{ organizationId: 'org-1', toVersion: 2, left: 1 }]);
    await credentials.update(revoke(withKey('c1')), 1, auditSample());
    expect(await credentials.finish('t1', 2)).toBe(0);
    expect(await credentials.unfinished(10)).toEqual([]);
  });

  test.each(['pepper', 'sealing'] as const)(
    'of several who make the first key of a purpose, or rotate it, one succeeds: %s',
    async (purpose) => {
      const keys = sqlServiceKeys((await start()).database);
      await keys.add(purpose === 'pepper' ? 'sealing' : 'pepper', { id: 'other', sealed: 's-other' }, undefined);
      const adds = (prefix: string, after: string | undefined) =>
        Promise.all(
          [1, 2, 3].map((at) => keys.add(purpose, { id: `${prefix}${at}`, sealed: `s-${prefix}${at}` }, after)),
        );
      expect((await adds('a', undefined)).filter(Boolean)).toHaveLength(1);
      const [first, none] = await keys.newest(purpose, 9);
      expect(none).toBeUndefined();
      expect((await adds('b', first?.id)).filter(Boolean)).toHaveLength(1);
      expect((await adds('c', first?.id)).filter(Boolean)).toHaveLength(0);
      const [newest, previous] = await keys.newest(purpose, 9);
      expect(newest?.id).toMatch(/^b/);
      expect(previous).toEqual(first);
      expect(await keys.newest(purpose, 1)).toEqual([newest]);
    },
  );

  test('the self-test of each organization is kept; those that waited longest come first', async () => {
    const { database, tenantKeys } = await start();
    const canaries = sqlCanaries(database);
    await tenantKeys.create({ organizationId: 'org-2', id: 't2', wrapped: 'w1.root.AAAA' });
    expect(await canaries.summary(9)).toEqual({ unreadable: [], unreadableCount: 0, testedAtMs: undefined });
    expect(await canaries.list('', 9)).toEqual([
      { organizationId: 'org-1', sealed: undefined },
      { organizationId: 'org-2', sealed: undefined },
    ]);
    await canaries.keep({ organizationId: 'org-1', sealed: 's', isReadable: true, testedAtMs: 1_000 });
    expect((await canaries.stalest(9)).map(({ organizationId }) => organizationId)).toEqual(['org-2', 'org-1']);
    await canaries.keep({ organizationId: 'org-2', sealed: undefined, isReadable: false, testedAtMs: 2_000 });
    await canaries.keep({ organizationId: 'org-1', sealed: 's2', isReadable: true, testedAtMs: 3_000 });
    expect(await canaries.find('org-1')).toEqual({ organizationId: 'org-1', sealed: 's2' });
    expect(await canaries.list('org-1', 9)).toEqual([{ organizationId: 'org-2', sealed: undefined }]);
    expect(await canaries.summary(9)).toEqual({ unreadable: ['org-2'], unreadableCount: 1, testedAtMs: 3_000 });
  });

  test('a lease has one holder, who may keep it, and ends by time or by being given back', async () => {
    const leases = sqlLeases((await start()).database);
    const at = (nowMs: number) => ({ nowMs, untilMs: nowMs + 100 });
    const both = await Promise.all(['a', 'b'].map((holder) => leases.hold('work', holder, at(1_000))));
    expect(both.toSorted()).toEqual([false, true]);
    const [holder, other] = both[0] ? ['a', 'b'] : ['b', 'a'];
    expect(await leases.hold('work', holder, at(1_050))).toBe(true);
    expect(await leases.hold('work', other, at(1_149))).toBe(false);
    expect(await leases.hold('other work', other, at(1_149))).toBe(true);
    expect(await leases.hold('work', other, at(1_150))).toBe(true);
    await leases.release('work', holder);
    expect(await leases.hold('work', holder, at(1_151))).toBe(false);
    await leases.release('work', other);
    expect(await leases.hold('work', holder, at(1_152))).toBe(true);
  });
};

import type { Database, Sql } from '@portolan/sql';
import { expect, test } from 'vitest';
import { sqlCredentials } from '../adapters/credentials/sql.ts';
import { sqlTenantKeys } from '../adapters/tenant-keys/sql.ts';
import type { Place } from '../crypto/place.ts';
import { revoke } from '../domain/rotation.ts';
import type { RootKey } from '../ports/root-key.ts';
import { onlyRoot, randomRootKey } from '../testing/root-keys.ts';
import { auditSample, freshKeyring, readSecrets, sealSample, storeSecret } from '../testing/samples.ts';
import { rewrapRecords } from './rewrap.ts';
import { rollTenantKey } from './roll.ts';
import { rotateRoot } from './rotate-root.ts';

class Killed extends Error {}

/**
 * The process dies at the n-th statement, before it or just after it took effect. What a transaction did until then is rolled
 * back by the database, as it is when its client is gone.
 */
const dyingSql = (sql: Database, statementsLeft: number, after: boolean): Sql => {
  let left = statementsLeft;
  const wrap = (inner: Sql): Sql => ({
    query: async (text, params) => {
      if (left <= 0) throw new Killed();
      left -= 1;
      if (left === 0 && !after) throw new Killed();
      const rows = await inner.query(text, params);
      if (left === 0) throw new Killed();
      return rows;
    },
    transaction: (work) => inner.transaction((tx) => work(wrap(tx))),
  });
  return wrap(sql);
};

/** What rotation promises over any database. @param open the database, with empty vault tables */
export const rotationConformance = (open: () => Database): void => {
  const SECRETS = 12;
  const names = Array.from({ length: SECRETS }, (_, at) => `c${String(at).padStart(2, '0')}`);

  const fill = async (root: RootKey) => {
    const database = open();
    const tenantKeys = sqlTenantKeys(database);
    const credentials = sqlCredentials(database);
    const keyring = freshKeyring(tenantKeys, root);
    for (const id of names) await storeSecret(credentials, keyring, id, `secret of ${id}`);
    return { database, tenantKeys, credentials, keyring };
  };
  const roll = async (tenantKeys: ReturnType<typeof sqlTenantKeys>, root: RootKey): Promise<void> => {
    const key = await tenantKeys.take('org-1', 0);
    if (key === undefined) throw new Error('the organisation has a key');
    await rollTenantKey({ tenantKeys, rootKey: () => root }, key);
  };
  const expectAllOpen = async (sql: Database, root: RootKey): Promise<void> => {
    const keyring = freshKeyring(sqlTenantKeys(sql), root);
    for (const id of names) expect(await readSecrets(sqlCredentials(sql), keyring, id)).toEqual([`secret of ${id}`]);
  };
  const never = (place: Place): void => {
    throw new Error(`${place.credentialId} was refused`);
  };

  test('a rewrap moves every secret to the current key version and retires the old one', async () => {
    const root = onlyRoot(randomRootKey('r'));
    const { database, tenantKeys, credentials, keyring } = await fill(root);
    await roll(tenantKeys, root);
    const result = await rewrapRecords({ credentials, keyring, onRefused: never, batchSize: 5 }, 'org-1');
    expect(result).toEqual({ rewrapped: SECRETS, refused: 0, finished: true });
    await expectAllOpen(database, root);
    expect(await database.query('select distinct key_version from vault_credential_secrets')).toEqual([
      { key_version: 2 },
    ]);
    const key = await tenantKeys.take('org-1', 0);
    expect(key).toMatchObject({ minVersion: 2, uses: SECRETS });
    await expect(freshKeyring(tenantKeys, root).forOpening(key?.id ?? '', 1)).rejects.toThrow('retired');
  });

  test('V4: a rewrap killed at any statement leaves every secret readable, and the next run finishes it', async () => {
    const root = onlyRoot(randomRootKey('r'));
    const { database, tenantKeys } = await fill(root);
    let kills = 0;
    for (let statements = 1, died = true; died; statements++) {
      died = false;
      for (const after of [false, true]) {
        await roll(tenantKeys, root);
        const dying = dyingSql(database, statements, after);
        const keyring = freshKeyring(sqlTenantKeys(dying), root);
        try {
          await rewrapRecords({ credentials: sqlCredentials(dying), keyring, onRefused: never, batchSize: 5 }, 'org-1');
        } catch (error) {
          expect(error).toBeInstanceOf(Killed);
          died = true;
          kills += 1;
        }
        await expectAllOpen(database, root);
        const next = { credentials: sqlCredentials(database), keyring: freshKeyring(tenantKeys, root) };
        expect(await rewrapRecords({ ...next, onRefused: never, batchSize: 5 }, 'org-1')).toMatchObject({
          finished: true,
        });
        await expectAllOpen(database, root);
      }
    }
    // Three batches: far more statements than one, or nothing was killed in the middle.
    expect(kills).toBeGreaterThan(20);
  }, 60_000);

  test('a resumed rewrap goes on behind the rows that it has done', async () => {
    const root = onlyRoot(randomRootKey('r'));
    const { tenantKeys, credentials, keyring } = await fill(root);
    await roll(tenantKeys, root);
    let batches = 0;
    const stopping = {
      ...credentials,
      exchange: async (...args: Parameters<typeof credentials.exchange>) => {
        if (batches === 2) throw new Killed();
        batches += 1;
        return credentials.exchange(...args);
      },
    };
    await expect(
      rewrapRecords({ credentials: stopping, keyring, onRefused: never, batchSize: 4 }, 'org-1'),
    ).rejects.toThrow(Killed);
    expect((await credentials.progress((await keyring.forSealing('org-1', 0)).id))?.after?.credentialId).toBe('c07');
    const result = await rewrapRecords({ credentials, keyring, onRefused: never, batchSize: 4 }, 'org-1');
    expect(result).toEqual({ rewrapped: SECRETS - 8, refused: 0, finished: true });
  });

  test('a key that is rolled again in the middle of a rewrap starts it over', async () => {
    const root = onlyRoot(randomRootKey('r'));
    const { database, tenantKeys, credentials, keyring } = await fill(root);
    await roll(tenantKeys, root);
    let batches = 0;
    const stopping = {
      ...credentials,
      sealedBefore: async (...args: Parameters<typeof credentials.sealedBefore>) => {
        if (batches === 2) throw new Killed();
        batches += 1;
        return credentials.sealedBefore(...args);
      },
    };
    await expect(
      rewrapRecords({ credentials: stopping, keyring, onRefused: never, batchSize: 4 }, 'org-1'),
    ).rejects.toThrow(Killed);
    await roll(tenantKeys, root);
    const result = await rewrapRecords({ credentials, keyring, onRefused: never, batchSize: 4 }, 'org-1');
    expect(result).toEqual({ rewrapped: SECRETS, refused: 0, finished: true });
    await expectAllOpen(database, root);
  });

  test('a tampered row is refused and told; the others move on, and the old version is not retired', async () => {
    const root = onlyRoot(randomRootKey('r'));
    const { database, tenantKeys, credentials, keyring } = await fill(root);
    const [first, second] = await Promise.all([credentials.find('c00'), credentials.find('c01')]);
    const moved = second?.versions[0]?.secrets[0]?.sealed ?? '';
    await database.query(`update vault_credential_secrets set sealed = $1 where credential_id = 'c00'`, [moved]);
    await roll(tenantKeys, root);
    const refused: string[] = [];
    const parts = { credentials, keyring, onRefused: (place: Place) => refused.push(place.credentialId), batchSize: 5 };
    expect(await rewrapRecords(parts, 'org-1')).toEqual({ rewrapped: SECRETS - 1, refused: 1, finished: false });
    expect(refused).toEqual(['c00']);
    await expect(readSecrets(credentials, keyring, 'c00')).rejects.toThrow('changed or moved');
    expect(await readSecrets(credentials, keyring, 'c01')).toEqual(['secret of c01']);
    if (first === undefined) throw new Error('it was stored');
    expect(await credentials.update(revoke(first), 1, auditSample())).toBe('saved');
    expect(await rewrapRecords(parts, 'org-1')).toEqual({ rewrapped: 0, refused: 0, finished: true });
  });

  test('what was sealed before a roll and is stored while the rewrap runs is readable, or was refused', async () => {
    const root = onlyRoot(randomRootKey('r'));
    const { database, tenantKeys, credentials, keyring } = await fill(root);
    const parts = { credentials, keyring, onRefused: never, batchSize: 3 };
    const saved: string[] = [];
    for (let round = 0; round < 5; round++) {
      // Ids before and behind those that the rewrap goes over.
      const ids = ['a', 'c05x', 'z'].flatMap((prefix) => [1, 2, 3].map((at) => `${prefix}${round}${at}`));
      const late = await Promise.all(ids.map((id) => sealSample(keyring, id, `secret of ${id}`)));
      await roll(tenantKeys, root);
      const [, ...outcomes] = await Promise.all([
        rewrapRecords(parts, 'org-1'),
        ...late.map((credential) => credentials.insert(credential, auditSample())),
      ]);
      saved.push(...ids.filter((_, at) => outcomes[at] === 'saved'));
      expect(outcomes).not.toContain('conflict');
      const reader = freshKeyring(tenantKeys, root);
      for (const id of saved) expect(await readSecrets(credentials, reader, id)).toEqual([`secret of ${id}`]);
    }
    await expectAllOpen(database, root);
    expect(await rewrapRecords(parts, 'org-1')).toMatchObject({ refused: 0, finished: true });
  });

  test('a rotated root key re-wraps tenant keys only; then the old root key is not needed any more', async () => {
    const old = randomRootKey('old');
    const { database, tenantKeys, credentials, keyring } = await fill(onlyRoot(old));
    await storeSecret(credentials, keyring, 'other', 'of org-2', { organizationId: 'org-2' });
    await roll(tenantKeys, onlyRoot(old));
    const sealed = () => database.query('select sealed from vault_credential_secrets order by credential_id');
    const before = await sealed();
    const current = randomRootKey('new');
    expect(await rotateRoot({ current, previous: old }, tenantKeys)).toEqual({ rewrapped: 3, refused: [] });
    expect(await sealed()).toEqual(before);
    await expectAllOpen(database, onlyRoot(current));
    expect(await readSecrets(credentials, freshKeyring(tenantKeys, onlyRoot(current)), 'other')).toEqual(['of org-2']);
    expect(await rotateRoot({ current, previous: undefined }, tenantKeys)).toEqual({ rewrapped: 0, refused: [] });
  });

  test('a root rotation killed at any statement leaves every secret readable with both root keys', async () => {
    const old = randomRootKey('old');
    const { database, tenantKeys } = await fill(onlyRoot(old));
    await roll(tenantKeys, onlyRoot(old));
    let previous = old;
    let statements = 0;
    for (let finished = false; !finished; statements++) {
      const root: RootKey = { current: randomRootKey(`root-${statements}`), previous };
      await rotateRoot(root, sqlTenantKeys(dyingSql(database, statements + 1, statements % 2 === 0))).then(
        () => {
          finished = true;
        },
        (error: unknown) => expect(error).toBeInstanceOf(Killed),
      );
      await expectAllOpen(database, root);
      expect(await rotateRoot(root, tenantKeys)).toMatchObject({ refused: [] });
      previous = root.current;
    }
    expect(statements).toBeGreaterThan(3);
  });

  test('a tenant key that no loaded root key opens is named, and the others are re-wrapped', async () => {
    const old = randomRootKey('old');
    const { tenantKeys, credentials } = await fill(onlyRoot(old));
    const lost = freshKeyring(tenantKeys, onlyRoot(randomRootKey('lost')));
    await storeSecret(credentials, lost, 'other', 'lost', { organizationId: 'org-2' });
    const result = await rotateRoot({ current: randomRootKey('new'), previous: old }, tenantKeys);
    expect(result.rewrapped).toBe(1);
    expect(result.refused).toEqual([{ id: (await tenantKeys.take('org-2', 0))?.id, version: 1 }]);
  });
};

import type { Database } from '@portolan/sql';
import { expect, test } from 'vitest';
import { sqlCanaries } from '../adapters/canaries/sql.ts';
import { sqlCredentials } from '../adapters/credentials/sql.ts';
import { sqlTenantKeys } from '../adapters/tenant-keys/sql.ts';
import { RootKeyUnavailable } from '../ports/root-key.ts';
import { onlyRoot, randomRootKey } from '../testing/root-keys.ts';
import { freshKeyring, storeSecret } from '../testing/samples.ts';
import { renewCanary, testCanary } from './canary.ts';
import { rewrapRecords } from './rewrap.ts';
import { rollTenantKey } from './roll.ts';

/** What canaries promise over any database. @param open the database, with empty vault tables */
export const canaryConformance = (open: () => Database): void => {
  const start = async () => {
    const database = open();
    const root = onlyRoot(randomRootKey('r'));
    const tenantKeys = sqlTenantKeys(database);
    const keyring = freshKeyring(tenantKeys, root);
    const credentials = sqlCredentials(database);
    await storeSecret(credentials, keyring, 'c1', 'a secret');
    const canaries = sqlCanaries(database);
    const run = async (sealed?: string, using = freshKeyring(tenantKeys, root)) =>
      testCanary(canaries, using, { organizationId: 'org-1', sealed }, 1_000);
    const sealedNow = async () => (await canaries.find('org-1'))?.sealed;
    const rollAndRewrap = async () => {
      const key = await tenantKeys.take('org-1', 0);
      if (key === undefined) throw new Error('the organization has a key');
      await rollTenantKey({ tenantKeys, rootKey: () => root }, key);
      const parts = { credentials, keyring: freshKeyring(tenantKeys, root), onRefused: () => undefined };
      await renewCanary(canaries, freshKeyring(tenantKeys, root), 'org-1', 2_000);
      return rewrapRecords(parts, 'org-1');
    };
    return { tenantKeys, canaries, run, sealedNow, rollAndRewrap };
  };

  test('a canary is made at the first test and opens at the next one', async () => {
    const { run, sealedNow, canaries } = await start();
    expect(await run()).toBe(true);
    const made = await sealedNow();
    expect(await run(made)).toBe(true);
    expect(await sealedNow()).toBe(made);
    expect(await canaries.summary(9)).toMatchObject({ unreadable: [], testedAtMs: 1_000 });
  });

  test('a lost root key is told by the canary; a key service that is away is not a loss', async () => {
    const { run, sealedNow, canaries, tenantKeys } = await start();
    await run();
    const made = await sealedNow();
    const lost = freshKeyring(tenantKeys, onlyRoot(randomRootKey('r')));
    expect(await run(made, lost)).toBe(false);
    expect((await canaries.summary(9)).unreadable).toEqual(['org-1']);
    expect(await run(made)).toBe(true);
    const away = freshKeyring(tenantKeys, undefined, {
      rootKey: () => {
        throw new RootKeyUnavailable('The key service did not answer.');
      },
    });
    await expect(run(made, away)).rejects.toThrow('did not answer');
    expect((await canaries.summary(9)).unreadable).toEqual([]);
  });

  test('where none can be made the organization counts as unreadable, until one can', async () => {
    const { run, sealedNow, canaries, tenantKeys } = await start();
    expect(await run(undefined, freshKeyring(tenantKeys, onlyRoot(randomRootKey('r'))))).toBe(false);
    expect(await sealedNow()).toBeUndefined();
    expect((await canaries.summary(9)).unreadableCount).toBe(1);
    expect(await run(await sealedNow())).toBe(true);
    expect((await canaries.summary(9)).unreadableCount).toBe(0);
  });

  test('a rewrap takes the canary along, and a test that ran beside it raises no alarm', async () => {
    const { run, sealedNow, rollAndRewrap, canaries } = await start();
    await run();
    const before = await sealedNow();
    expect(await rollAndRewrap()).toMatchObject({ finished: true });
    expect(await sealedNow()).not.toBe(before);
    expect(await run(await sealedNow())).toBe(true);
    // A self-test that had read the canary before the rewrap, and looks at it now.
    expect(await run(before)).toBe(true);
    expect(await run(await sealedNow())).toBe(true);
    expect((await canaries.summary(9)).unreadable).toEqual([]);
  });
};

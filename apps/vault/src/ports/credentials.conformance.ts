import { expect, test } from 'vitest';
import { revoke, rotate } from '../domain/rotation.ts';
import { auditSample, credentialRow } from '../testing/samples.ts';
import type { Credentials, StoredCredential } from './credentials.ts';
import type { TenantKeys } from './tenant-keys.ts';

export interface VaultStores {
  readonly tenantKeys: TenantKeys;
  readonly credentials: Credentials;
}

const sealedText = (keyVersion: number, body: string): string => `v1.t1.${keyVersion}.salt.nonce.${body}`;

const withSecret = (id: string, keyVersion = 1, more: Partial<StoredCredential> = {}): StoredCredential =>
  credentialRow(id, {
    versions: [
      {
        version: 1,
        validUntilMs: null,
        secrets: [
          { field: 'custom_headers', sealed: sealedText(keyVersion, `${id}-headers`), masked: '********' },
          { field: 'key', sealed: sealedText(keyVersion, `${id}-key`), masked: 'sk********abc' },
        ],
      },
    ],
    ...more,
  });

/** What every store of credentials promises. @param make stores with nothing in them */
export const credentialsConformance = (make: () => VaultStores): void => {
  const start = async (): Promise<VaultStores> => {
    const stores = make();
    await stores.tenantKeys.create({ organizationId: 'org-1', id: 't1', wrapped: 'w1.root.AAAA' });
    return stores;
  };
  const roll = (tenantKeys: TenantKeys): Promise<boolean> =>
    tenantKeys.add({ id: 't1', version: 2, wrapped: 'w1.root.BBBB' });

  test('a credential is found as it was stored', async () => {
    const { credentials } = await start();
    const settings = { azure_deployment_config: [{ alias: 'ü "quoted"', is_default: true }], flag: false };
    const stored = withSecret('c1', 1, { settings, allowedHosts: ['*.openai.azure.com'], generation: 7 });
    expect(await credentials.insert(stored, auditSample())).toBe('saved');
    expect(await credentials.find('c1')).toMatchObject(stored);
    expect(await credentials.find('c2')).toBeUndefined();
  });

  test('an id is stored once', async () => {
    const { credentials } = await start();
    await credentials.insert(withSecret('c1'), auditSample());
    expect(await credentials.insert(withSecret('c1', 1, { provider: 'anthropic' }), auditSample())).toBe('conflict');
    expect(await credentials.find('c1')).toMatchObject(withSecret('c1'));
  });

  test('of two changes made from one generation one is saved', async () => {
    const { credentials } = await start();
    const first = withSecret('c1');
    await credentials.insert(first, auditSample());
    const changed = [1, 2].map((at) => ({ ...first, generation: 2, settings: { at } }));
    const outcomes = await Promise.all(changed.map((credential) => credentials.update(credential, 1, auditSample())));
    expect(outcomes.toSorted()).toEqual(['conflict', 'saved']);
    expect(await credentials.find('c1')).toMatchObject({ settings: { at: outcomes.indexOf('saved') + 1 } });
  });

  test('a rotated credential is found with both versions and the time of the old one, to the millisecond', async () => {
    const { credentials } = await start();
    await credentials.insert(withSecret('c1'), auditSample());
    const secrets = [{ field: 'key', sealed: sealedText(1, 'new'), masked: '********' }];
    const rotated = rotate(withSecret('c1'), secrets, { nowMs: 1_700_000_000_123, overlapMs: 1000 });
    expect(await credentials.update(rotated, 1, auditSample())).toBe('saved');
    expect(await credentials.find('c1')).toMatchObject(rotated);
    expect(rotated.versions[0]?.validUntilMs).toBe(1_700_000_001_123);
  });

  test('a revoked credential has no secrets left, and its generation stays', async () => {
    const { credentials } = await start();
    await credentials.insert(withSecret('c1'), auditSample());
    expect(await credentials.update(revoke(withSecret('c1')), 1, auditSample())).toBe('saved');
    expect(await credentials.find('c1')).toMatchObject(credentialRow('c1', { status: 'revoked', generation: 2 }));
  });

  test('a credential is not changed into that of another workspace, organisation or provider', async () => {
    const { credentials } = await start();
    await credentials.insert(withSecret('c1'), auditSample());
    for (const other of [{ workspaceId: 'w2' }, { organizationId: 'o2' }, { provider: 'groq' }]) {
      expect(await credentials.update(withSecret('c1', 1, { ...other, generation: 2 }), 1, auditSample())).toBe(
        'conflict',
      );
    }
    expect(await credentials.find('c1')).toMatchObject(withSecret('c1'));
  });

  test('secrets sealed by older versions are listed in order and in parts', async () => {
    const { credentials, tenantKeys } = await start();
    await roll(tenantKeys);
    for (const id of ['c1', 'c2', 'c3']) await credentials.insert(withSecret(id, id === 'c2' ? 2 : 1), auditSample());
    const progress = { tenantKeyId: 't1', toVersion: 2, after: undefined };
    const first = await credentials.sealedBefore(progress, 3);
    expect(first.map(({ sealed }) => sealed.split('.')[5])).toEqual(['c1-headers', 'c1-key', 'c3-headers']);
    expect(first[1]?.place).toEqual({
      organizationId: 'org-1',
      workspaceId: 'ws-1',
      credentialId: 'c1',
      field: 'key',
      credentialVersion: 1,
    });
    const after = { credentialId: 'c3', credentialVersion: 1, field: 'custom_headers' };
    const rest = await credentials.sealedBefore({ ...progress, after }, 3);
    expect(rest.map(({ sealed }) => sealed.split('.')[5])).toEqual(['c3-key']);
  });

  test('exchanges secrets and keeps the cursor; what was changed in the meantime is left alone', async () => {
    const { credentials, tenantKeys } = await start();
    await roll(tenantKeys);
    await credentials.insert(withSecret('c1'), auditSample());
    const progress = { tenantKeyId: 't1', toVersion: 2, after: undefined };
    const [headers, key] = await credentials.sealedBefore(progress, 9);
    if (headers === undefined || key === undefined) throw new Error('two secrets were stored');
    const after = { credentialId: 'c1', credentialVersion: 1, field: 'key' };
    const changes = [
      { place: headers.place, from: headers.sealed, to: sealedText(2, 'exchanged') },
      { place: key.place, from: sealedText(1, 'something else'), to: sealedText(2, 'lost') },
    ];
    expect(await credentials.exchange(changes, { ...progress, after })).toBe(1);
    expect(await credentials.progress('t1')).toEqual({ ...progress, after });
    const found = await credentials.find('c1');
    expect(found?.versions[0]?.secrets.map(({ sealed }) => sealed)).toEqual([sealedText(2, 'exchanged'), key.sealed]);
  });

  test('old versions are retired only when they seal nothing; the cursor is gone either way', async () => {
    const { credentials, tenantKeys } = await start();
    await roll(tenantKeys);
    await credentials.insert(withSecret('c1'), auditSample());
    const after = { credentialId: 'z', credentialVersion: 1, field: 'key' };
    await credentials.exchange([], { tenantKeyId: 't1', toVersion: 2, after });
    expect(await credentials.finish('t1', 2)).toBe(2);
    expect(await credentials.progress('t1')).toBeUndefined();
    expect(await tenantKeys.find('t1', 1)).toMatchObject({ minVersion: 1 });
    await credentials.update(revoke(withSecret('c1')), 1, auditSample());
    expect(await credentials.finish('t1', 2)).toBe(0);
    expect(await tenantKeys.find('t1', 1)).toMatchObject({ minVersion: 2 });
  });

  test('nothing new is stored under a retired key, or under that of another organisation', async () => {
    const { credentials, tenantKeys } = await start();
    await roll(tenantKeys);
    await credentials.finish('t1', 2);
    expect(await credentials.insert(withSecret('c1', 1), auditSample())).toBe('retired_key');
    expect(await credentials.insert(withSecret('c1', 2, { organizationId: 'org-2' }), auditSample())).toBe(
      'retired_key',
    );
    expect(await credentials.find('c1')).toBeUndefined();
    expect(await credentials.insert(withSecret('c1', 2), auditSample())).toBe('saved');
  });

  test('a change that was read before a rewrap does not put the old secrets back', async () => {
    const { credentials, tenantKeys } = await start();
    await roll(tenantKeys);
    await credentials.insert(withSecret('c1'), auditSample());
    const read = await credentials.find('c1');
    const progress = { tenantKeyId: 't1', toVersion: 2, after: undefined };
    const rows = await credentials.sealedBefore(progress, 9);
    const changes = rows.map(({ place, sealed }) => ({ place, from: sealed, to: sealed.replace('.t1.1.', '.t1.2.') }));
    await credentials.exchange(changes, progress);
    await credentials.finish('t1', 2);
    if (read === undefined) throw new Error('it was stored');
    expect(await credentials.update({ ...read, generation: 2, settings: { changed: true } }, 1, auditSample())).toBe(
      'saved',
    );
    expect(await credentials.find('c1')).toMatchObject(
      withSecret('c1', 2, { generation: 2, settings: { changed: true } }),
    );
  });
};

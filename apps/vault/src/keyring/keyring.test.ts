import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import { RootKeyUnavailable } from '../ports/root-key.ts';
import type { TenantKeys, TenantKeyVersion } from '../ports/tenant-keys.ts';
import { onlyRoot, randomRootKey } from '../testing/root-keys.ts';
import { freshKeyring, manualClock } from '../testing/samples.ts';
import { createKeyring, TenantKeyGone } from './get-or-create.ts';
import { createKeyCache } from './key-cache.ts';
import { createSeal, VaultSealed } from './seal.ts';
import { openSecrets, sealSecrets } from './secrets.ts';

/** Tenant keys in a list: enough for one organisation, and it counts what was asked. */
const listedKeys = () => {
  const rows: TenantKeyVersion[] = [];
  const asked = { find: 0 };
  const current = (organizationId: string) => rows.findLast((row) => row.organizationId === organizationId);
  const keys: TenantKeys = {
    take: async (organizationId, uses) => {
      const row = current(organizationId);
      if (row === undefined) return undefined;
      rows[rows.indexOf(row)] = { ...row, uses: row.uses + uses };
      return { ...row, uses: row.uses + uses };
    },
    find: async (id, version) => {
      asked.find += 1;
      return rows.find((row) => row.id === id && row.version === version);
    },
    create: async (key) => {
      rows.push({ ...key, version: 1, uses: 0, currentVersion: 1, minVersion: 1 });
    },
    add: async ({ id, version, wrapped }) => {
      const row = rows.findLast((other) => other.id === id);
      if (row === undefined) return false;
      rows.push({ ...row, version, wrapped, uses: 0, currentVersion: version });
      return true;
    },
    wrappedByOthers: async () => [],
    rewrap: async () => false,
    oneOfEachRoot: async () => rows.slice(0, 1),
  };
  return { keys, rows, asked };
};

const place = { organizationId: 'org-1', workspaceId: 'w', credentialId: 'c', credentialVersion: 1 };
const secretOf = (text: string) => ({ field: 'key', plain: new SecretBytes(Buffer.from(text)), masked: '********' });

test('a tenant key rolls when it has sealed as many records as it may', async () => {
  const { keys, rows } = listedKeys();
  const keyring = freshKeyring(keys, undefined, { usesMax: 10 });
  const versions = [];
  for (let seal = 0; seal < 5; seal++) versions.push((await keyring.forSealing('org-1', 4)).version);
  expect(versions).toEqual([1, 1, 2, 2, 3]);
  expect(rows.every((row) => row.version < 3 || row.uses <= 10)).toBe(true);
});

test('sealed secrets open again, and the plain bytes given to seal are zeros', async () => {
  const { keys } = listedKeys();
  const keyring = freshKeyring(keys);
  const bytes = Buffer.from('sk-canary');
  const secrets = await sealSecrets(keyring, [{ field: 'key', plain: new SecretBytes(bytes), masked: '*' }], place);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
  const credential = {
    id: 'c',
    organizationId: 'org-1',
    workspaceId: 'w',
    provider: 'openai',
    settings: {},
    allowedHosts: [],
    extraHosts: [],
    status: 'active',
    generation: 1,
    versions: [{ version: 1, validUntilMs: null, secrets }],
  } as const;
  const [opened] = await openSecrets(keyring, credential, credential.versions[0]);
  expect(opened?.plain.reveal().toString()).toBe('sk-canary');
  expect(inspect({ credential, opened }, { depth: 9, showHidden: true })).not.toContain('canary');
  expect(JSON.stringify({ credential, opened })).not.toContain('canary');
});

test('the plain bytes are zeros also when nothing could be sealed', async () => {
  const { keys } = listedKeys();
  const secret = secretOf('sk-canary');
  const sealed = freshKeyring(keys, undefined, {
    rootKey: () => {
      throw new VaultSealed('sealed');
    },
  });
  await expect(sealSecrets(sealed, [secret], place)).rejects.toThrow(VaultSealed);
  expect(secret.plain.reveal().every((byte) => byte === 0)).toBe(true);
});

test('a keyring prints no key, whichever way it is shown', async () => {
  const { keys, rows } = listedKeys();
  const keyring = freshKeyring(keys);
  const key = await keyring.forSealing('org-1', 1);
  const bytes = key.key.export();
  const shown = inspect({ keyring, key, rows }, { depth: 9, showHidden: true }) + JSON.stringify({ key, rows });
  for (const encoding of ['hex', 'base64', 'base64url'] as const) expect(shown).not.toContain(bytes.toString(encoding));
});

test('an unknown tenant key and an unknown version are refused', async () => {
  const { keys, rows } = listedKeys();
  const keyring = freshKeyring(keys);
  const { id } = await keyring.forSealing('org-1', 1);
  await expect(keyring.forOpening('unknown', 1)).rejects.toThrow(TenantKeyGone);
  await expect(keyring.forOpening(id, 2)).rejects.toThrow(TenantKeyGone);
  expect(rows).toHaveLength(1);
});

test('V14: an unwrapped key leaves memory when its time is over, however often it was used', async () => {
  const { keys, asked } = listedKeys();
  const clock = manualClock();
  const cache = createKeyCache({ clock, entriesMax: 10, lifetimeMs: 1000 });
  const keyring = createKeyring({
    tenantKeys: keys,
    rootKey: (
      (root) => () =>
        root
    )(onlyRoot(randomRootKey('r'))),
    cache,
  });
  const { id } = await keyring.forSealing('org-1', 1);
  for (let use = 0; use < 9; use++) {
    clock.advance(111);
    await keyring.forOpening(id, 1);
  }
  expect(asked.find).toBe(0);
  clock.advance(1);
  cache.sweep();
  expect(cache.get(`${id}.1`)).toBeUndefined();
  await keyring.forOpening(id, 1);
  expect(asked.find).toBe(1);
});

test('many callers at once ask the root key once, and after a failure it is asked again', async () => {
  const { keys } = listedKeys();
  const root = randomRootKey('r');
  const { id } = await freshKeyring(keys, onlyRoot(root)).forSealing('org-1', 1);
  let asked = 0;
  let fails = true;
  const counting = {
    ...root,
    unwrap: async (...args: Parameters<typeof root.unwrap>) => {
      asked += 1;
      if (fails) throw new RootKeyUnavailable('The key service did not answer.');
      return root.unwrap(...args);
    },
  };
  const keyring = freshKeyring(keys, onlyRoot(counting));
  const askAll = () => Promise.allSettled(Array.from({ length: 50 }, () => keyring.forOpening(id, 1)));
  expect((await askAll()).every(({ status }) => status === 'rejected')).toBe(true);
  expect(asked).toBe(1);
  fails = false;
  expect((await askAll()).every(({ status }) => status === 'fulfilled')).toBe(true);
  expect(asked).toBe(2);
});

test('the cache of keys has a bound, and keeps those in use', async () => {
  const { keys, asked } = listedKeys();
  const cache = createKeyCache({ clock: manualClock(), entriesMax: 2, lifetimeMs: 1000 });
  const root = onlyRoot(randomRootKey('r'));
  const keyring = createKeyring({ tenantKeys: keys, rootKey: () => root, cache });
  const first = await keyring.forSealing('org-1', 1);
  const second = await keyring.forSealing('org-2', 1);
  await keyring.forOpening(first.id, 1);
  await keyring.forSealing('org-3', 1);
  await keyring.forOpening(first.id, 1);
  expect(asked.find).toBe(0);
  await keyring.forOpening(second.id, 1);
  expect(asked.find).toBe(1);
});

test('V5: a vault starts sealed, seals and opens nothing, and is open once it has its root key', async () => {
  const { keys } = listedKeys();
  const root = onlyRoot(randomRootKey('r'));
  let available = false;
  const load = async () => {
    if (!available) throw new RootKeyUnavailable('The key service did not answer.');
    return root;
  };
  const seal = createSeal(load, keys, manualClock());
  const keyring = freshKeyring(keys, root, { rootKey: seal.rootKey });
  expect(seal.sealedBecause()).toBe('The vault has not been unsealed yet.');
  await expect(keyring.forSealing('org-1', 1)).rejects.toThrow(VaultSealed);
  await expect(seal.unseal()).rejects.toThrow(RootKeyUnavailable);
  expect(seal.sealedBecause()).toBe('The key service did not answer.');
  available = true;
  await seal.unseal();
  expect(seal.sealedBecause()).toBeUndefined();
  const { id } = await keyring.forSealing('org-1', 1);
  seal.seal();
  // Also what is still in the cache.
  await expect(keyring.forOpening(id, 1)).rejects.toThrow(VaultSealed);
});

test('a wrong root key leaves the vault sealed, or as it was, and the reason says so', async () => {
  const { keys } = listedKeys();
  const right = onlyRoot(randomRootKey('right'));
  await freshKeyring(keys, right).forSealing('org-1', 1);
  let loaded = onlyRoot(randomRootKey('other'));
  const seal = createSeal(async () => loaded, keys, manualClock());
  await expect(seal.unseal()).rejects.toThrow('No root key "right" is loaded.');
  loaded = onlyRoot(randomRootKey('right'));
  await expect(seal.unseal()).rejects.toThrow('does not open');
  expect(seal.sealedBecause()).toContain('The root key "right" does not open this tenant key.');
  loaded = right;
  await seal.unseal();
  loaded = onlyRoot(randomRootKey('other'));
  await expect(seal.unseal()).rejects.toThrow();
  expect(seal.rootKey()).toBe(right);
});

test('a root key that another instance took up is looked for, once for all who need it', async () => {
  const { keys } = listedKeys();
  const [before, after] = [onlyRoot(randomRootKey('before')), onlyRoot(randomRootKey('after'))];
  let loads = 0;
  let loaded = before;
  const clock = manualClock();
  const load = async () => {
    loads += 1;
    return loaded;
  };
  const seal = createSeal(load, keys, clock);
  await seal.unseal();
  const made = await freshKeyring(keys, after).forSealing('org-1', 1);
  const reading = () =>
    freshKeyring(keys, before, { rootKey: seal.rootKey, reloadRootKey: seal.reload }).forOpening(made.id, 1);
  await expect(reading()).rejects.toThrow('No root key "after" is loaded.');
  loaded = after;
  await expect(reading()).rejects.toThrow('No root key "after" is loaded.');
  expect(loads).toBe(2);
  clock.advance(5_000);
  expect((await Promise.all([reading(), reading()])).map(({ id }) => id)).toEqual([made.id, made.id]);
  expect(loads).toBe(3);
});

test('a tenant key is bound to its organisation: rows exchanged in the store open nothing', async () => {
  const { keys, rows } = listedKeys();
  const root = onlyRoot(randomRootKey('r'));
  const [one] = [
    await freshKeyring(keys, root).forSealing('org-1', 1),
    await freshKeyring(keys, root).forSealing('org-2', 1),
  ];
  const [first, second] = rows;
  if (first === undefined || second === undefined) throw new Error('two keys were made');
  rows.splice(0, 2, { ...first, wrapped: second.wrapped }, { ...second, wrapped: first.wrapped });
  await expect(freshKeyring(keys, root).forOpening(one.id, 1)).rejects.toThrow('does not open');
});

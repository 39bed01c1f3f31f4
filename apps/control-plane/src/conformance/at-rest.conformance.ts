import { secretsSeenIn, until } from '@portolan/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { resealConfigs } from '../jobs/reseal-configs.ts';
import { configReader } from '../snapshot/configs.ts';
import { createWithheld } from '../snapshot/withheld.ts';
import { dumpOf } from '../testing/dump.ts';
import { canary, leafOfSecrets, type Planted, plantSecrets } from '../testing/plant-secrets.ts';
import type { Tenant, TestPlatform } from '../testing/platform.ts';
import { addWorkspace } from '../testing/workspace.ts';

const NEVER = new AbortController().signal;

/** What a copy of the database shows, and what becomes of configs that are sealed in it, over any database. */
export const atRestConformance = (platform: () => TestPlatform): void => {
  describe('secrets at rest', () => {
    let tenant: Tenant;
    let key: string;
    let planted: Planted;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
      planted = await plantSecrets(platform(), tenant);
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const db = () => platform().deps.db;
    const save = async (config: unknown): Promise<{ id: string; slug: string; version_id: string }> =>
      (await call(key, 'POST', '/configs', { name: 'sealed', config })).body;
    const read = (slug: string) => call(key, 'GET', `/configs/${slug}`);
    const sealedOf = async (versionId: string) =>
      (await db().query('select body, sealed_body, sealing_key_id from config_versions where id = $1', [versionId]))[0];
    /** What gateways are told of these configs, by id, and what was held back from them. */
    const snapshotOf = async (ids: readonly string[]) => {
      const withheld = new Map<string, string>();
      let unreadable = 0;
      const reader = configReader({
        vault: platform().vault,
        log: platform().deps.log,
        withheld: { add: (id, keyId) => void withheld.set(id, keyId) },
        onUnreadable: () => {
          unreadable += 1;
        },
      });
      const told = new Map<string, string>();
      for (const { kind } of await reader.load(db(), ids)) {
        if (kind?.$case === 'config') told.set(kind.value.id, kind.value.configJson);
      }
      return { told, withheld, unreadable };
    };

    test('V1: no column of any table shows a secret of a config, a key, a password, a cookie, an invite or a sign-in', async () => {
      const dump = await dumpOf(db());
      expect(planted.secrets.length).toBeGreaterThan(90);
      expect(secretsSeenIn(dump, [planted.visible])).toEqual([planted.visible]);
      expect(secretsSeenIn(dump, planted.secrets)).toEqual([]);
    });

    test('configs come back exactly as they were saved, to people and to gateways', async () => {
      expect(planted.configs.size).toBeGreaterThan(10);
      for (const [slug, config] of planted.configs) {
        const { body } = await read(slug);
        expect(body.config).toBe(JSON.stringify(config));
        expect((await snapshotOf([body.id])).told.get(body.id)).toBe(body.config);
        const versions = (await call(key, 'GET', `/configs/${slug}/versions`)).body.data;
        expect(versions[0].config).toBe(body.config);
      }
    });

    test('a config without a secret stays readable in the database', async () => {
      const config = { virtual_key: 'main', override_params: { max_tokens: 5 } };
      const { version_id } = await save(config);
      expect(await sealedOf(version_id)).toEqual({ body: config, sealed_body: null, sealing_key_id: null });
    });

    test('the same config again makes no new version, though it is sealed anew each time', async () => {
      const config = leafOfSecrets(canary);
      const { slug, version_id } = await save(config);
      const put = async (next: unknown) =>
        (await call(key, 'PUT', `/configs/${slug}`, { config: next })).body.version_id;
      expect(await put(config)).toBe(version_id);
      expect(await put(JSON.stringify(config))).toBe(version_id);
      expect(await put({ ...config, api_key: canary() })).not.toBe(version_id);
      expect(await put({ virtual_key: 'main' })).not.toBe(version_id);
      expect((await call(key, 'GET', `/configs/${slug}/versions`)).body.total).toBe(3);
    });

    test('a sealed body that is moved or changed opens nowhere, harms no other config, and can be replaced', async () => {
      const [a, b, c] = [
        await save(leafOfSecrets(canary)),
        await save(leafOfSecrets(canary)),
        await save(leafOfSecrets(canary)),
      ];
      await db().query(
        `update config_versions v set sealed_body = o.sealed_body from config_versions o
         where (v.id = $1 and o.id = $2) or (v.id = $2 and o.id = $1)`,
        [a.version_id, b.version_id],
      );
      for (const { slug } of [a, b]) {
        expect(await read(slug)).toMatchObject({ status: 500, body: { error: { type: 'config_unreadable' } } });
        expect((await call(key, 'GET', `/configs/${slug}/versions`)).status).toBe(500);
      }
      expect((await read(c.slug)).status).toBe(200);
      const snapshot = await snapshotOf([a.id, b.id, c.id]);
      expect([...snapshot.told.keys()]).toEqual([c.id]);
      expect(snapshot.unreadable).toBe(2);
      expect(snapshot.withheld.size).toBe(0);
      const listed = (await call(key, 'GET', '/configs?page_size=100')).body.data.map(({ id }: { id: string }) => id);
      expect(listed).toEqual(expect.arrayContaining([a.id, b.id, c.id]));

      const next = leafOfSecrets(canary);
      expect((await call(key, 'PUT', `/configs/${a.slug}`, { name: 'renamed' })).status).toBe(200);
      expect((await call(key, 'PUT', `/configs/${a.slug}`, { config: next })).status).toBe(200);
      expect((await read(a.slug)).body.config).toBe(JSON.stringify(next));
      expect((await call(key, 'DELETE', `/configs/${b.slug}`)).status).toBe(200);
      const gone = await snapshotOf([a.id, b.id]);
      expect([...gone.told]).toEqual(
        [a.id, b.id].toSorted().map((id) => [id, id === a.id ? JSON.stringify(next) : '']),
      );

      const [cut] = await db().query('select sealed_body from config_versions where id = $1', [c.version_id]);
      for (const broken of [`${String(cut?.sealed_body)}A`, 'nonsense', '{}']) {
        await db().query('update config_versions set sealed_body = $2 where id = $1', [c.version_id, broken]);
        expect(await read(c.slug)).toMatchObject({ status: 500, body: { error: { type: 'config_unreadable' } } });
      }
    });

    test('while the vault has given no key, sealed configs answer 503 and everything else works', async () => {
      const [sealed, plain] = [await save(leafOfSecrets(canary)), await save({ virtual_key: 'main' })];
      const { vault } = platform();
      vault.withholdSealingKeys(true);
      try {
        const refused = { status: 503, body: { error: { type: 'store_unavailable' } } };
        expect(await read(sealed.slug)).toMatchObject(refused);
        expect(await call(key, 'PUT', `/configs/${sealed.slug}`, { config: leafOfSecrets(canary) })).toMatchObject(
          refused,
        );
        expect(await call(key, 'POST', '/configs', { name: 'x', config: leafOfSecrets(canary) })).toMatchObject(
          refused,
        );
        expect((await read(plain.slug)).status).toBe(200);
        const renamed = await call(key, 'PUT', `/configs/${sealed.slug}`, { name: 'renamed' });
        expect(renamed).toMatchObject({ status: 200, body: { version_id: sealed.version_id } });
        expect((await call(key, 'PUT', `/configs/${plain.slug}`, { config: { virtual_key: 'other' } })).status).toBe(
          200,
        );
        expect((await call(key, 'GET', '/configs')).status).toBe(200);
        const snapshot = await snapshotOf([sealed.id, plain.id]);
        expect([...snapshot.told.keys()]).toEqual([plain.id]);
        expect([...snapshot.withheld.keys()]).toEqual([sealed.id]);
      } finally {
        vault.withholdSealingKeys(false);
      }
      expect((await read(sealed.slug)).body.name).toBe('renamed');
    });

    test('a rotated key seals at once, all older ones open, and a job moves everything to the new one', async () => {
      const { vault, deps } = platform();
      const config = leafOfSecrets(canary);
      const before = await save(config);
      const second = vault.rotateSealingKey();
      const after = await save(config);
      expect((await sealedOf(after.version_id))?.sealing_key_id).toBe(second);
      expect((await sealedOf(before.version_id))?.sealing_key_id).not.toBe(second);
      const third = vault.rotateSealingKey();
      const ruined = await save(config);
      const fourth = vault.rotateSealingKey();
      await db().query('update config_versions set sealed_body = $2 where id = $1', [
        ruined.version_id,
        String((await sealedOf(ruined.version_id))?.sealed_body).replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
      ]);

      const revisionBefore = (await db().query('select value from revision_counter'))[0]?.value;
      await resealConfigs(deps, AbortSignal.abort());
      expect((await sealedOf(before.version_id))?.sealing_key_id).not.toBe(fourth);
      await resealConfigs(deps, NEVER);
      const moved = await sealedOf(before.version_id);
      expect(moved?.sealing_key_id).toBe(fourth);
      expect((await sealedOf(ruined.version_id))?.sealing_key_id).toBe(third);
      await resealConfigs(deps, NEVER);
      expect(await sealedOf(before.version_id)).toEqual(moved);
      expect((await db().query('select value from revision_counter'))[0]?.value).toBe(revisionBefore);

      const restore = [second, 'sl-1'].map(vault.loseSealingKey);
      for (const { slug } of [before, after]) expect((await read(slug)).body.config).toBe(JSON.stringify(config));
      for (const bring of restore) bring();
      const keysInUse = await db().query(
        `select distinct v.sealing_key_id as id from config_versions v join configs c on c.id = v.config_id
         where c.slug in (select jsonb_array_elements_text($1::jsonb)) and v.sealed_body is not null`,
        [JSON.stringify([...planted.configs.keys()])],
      );
      expect(keysInUse).toEqual([{ id: fourth }]);
      expect(secretsSeenIn(await dumpOf(db()), planted.secrets)).toEqual([]);
    });

    test('a config whose key is missing is told to gateways as a change once the key is there, and once only', async () => {
      const { vault, deps } = platform();
      const { id, version_id } = await save(leafOfSecrets(canary));
      vault.rotateSealingKey();
      const keyId = String((await sealedOf(version_id))?.sealing_key_id);
      const bringBack = vault.loseSealingKey(keyId);
      let asked = 0;
      const counting = {
        sealingKeys: (knownAs?: string) => {
          asked += 1;
          return vault.sealingKeys(knownAs);
        },
      };
      const withheld = createWithheld({ db: db(), vault: counting, log: deps.log, retryMs: 1 });
      const changes = () => db().query(`select revision from changes where kind = 'config' and entity_id = $1`, [id]);
      try {
        const before = await changes();
        withheld.add(id, keyId);
        withheld.add(id, keyId);
        expect(withheld.size()).toBe(1);
        await until(() => asked >= 3);
        expect(await changes()).toEqual(before);
        bringBack();
        await until(() => withheld.size() === 0);
        expect(await changes()).toHaveLength(before.length + 1);
      } finally {
        bringBack();
        withheld.close();
      }
    });

    test('what is withheld is bounded: beyond that a gateway has to begin again later', () => {
      const { vault, deps } = platform();
      const withheld = createWithheld({ db: db(), vault, log: deps.log, retryMs: 60_000 });
      for (let at = 0; at < 50_000; at += 1) withheld.add(`config-${at}`, 'no such key');
      expect(() => withheld.add('one more', 'no such key')).toThrow(/vault/);
      expect(() => withheld.add('config-0', 'no such key')).not.toThrow();
      expect(withheld.size()).toBe(50_000);
      withheld.close();
      expect(withheld.size()).toBe(0);
    });

    test('a key that the vault does not have is told from a body that was changed', async () => {
      const { vault } = platform();
      const { id, slug, version_id } = await save(leafOfSecrets(canary));
      vault.rotateSealingKey();
      const keyId = String((await sealedOf(version_id))?.sealing_key_id);
      const bringBack = vault.loseSealingKey(keyId);
      try {
        expect(await read(slug)).toMatchObject({ status: 503, body: { error: { type: 'store_unavailable' } } });
        expect([...(await snapshotOf([id])).withheld]).toEqual([[id, keyId]]);
      } finally {
        bringBack();
      }
      expect((await read(slug)).status).toBe(200);
    });

    test('what is sealed can be taken out of use with its workspace, also while the vault is gone', async () => {
      const workspaceId = await addWorkspace(platform(), tenant);
      const other = await tenant.key('workspace-service', { workspaceId });
      const { id } = (await call(other, 'POST', '/configs', { name: 'x', config: leafOfSecrets(canary) })).body;
      const admin = await tenant.key('organisation-service');
      platform().vault.withholdSealingKeys(true);
      try {
        const body = { name: 'Another', force_delete: true };
        expect((await call(admin, 'DELETE', `/admin/workspaces/${workspaceId}`, body)).status).toBe(200);
        expect([...(await snapshotOf([id])).told]).toEqual([[id, '']]);
      } finally {
        platform().vault.withholdSealingKeys(false);
      }
    });
  });
};

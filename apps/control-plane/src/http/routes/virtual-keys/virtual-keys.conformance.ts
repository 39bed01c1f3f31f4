import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

const SECRET = 'sk-this-is-a-secret-0123456789';

/** What the routes for virtual keys promise, over any database. */
export const virtualKeysConformance = (platform: () => TestPlatform): void => {
  describe('virtual keys', () => {
    let tenant: Tenant;
    let key: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const create = (body: Record<string, unknown> = {}, by = key) =>
      call(by, 'POST', '/virtual-keys', { name: 'Main', provider: 'openai', key: SECRET, ...body });
    const credentialOf = async (id: string) => {
      const [row] = await platform().deps.db.query(
        'select i.credential_id from virtual_keys v join integrations i on i.id = v.integration_id where v.id = $1',
        [id],
      );
      return platform().vault.stored.get(String(row?.credential_id));
    };

    test('a virtual key is a credential in the vault and a handle on it', async () => {
      const created = await create({
        note: 'ours',
        usage_limits: { credit_limit: 2.5 },
        rate_limits: [{ type: 'requests', unit: 'rpm', value: 0 }],
        expires_at: '2099-01-01T00:00:00Z',
      });
      expect(created).toMatchObject({ status: 200, body: { object: 'virtual-key' } });
      expect(created.body.slug).toMatch(/^main-[0-9a-f]{6}$/);
      const { body } = await call(key, 'GET', `/virtual-keys/${created.body.slug}`);
      expect(body).toEqual({
        id: created.body.id,
        slug: created.body.slug,
        name: 'Main',
        note: 'ours',
        status: 'active',
        organisation_id: tenant.organizationId,
        workspace_id: tenant.workspaceId,
        integration_id: expect.any(String),
        ai_provider_name: 'openai',
        masked_api_key: 'sk********789',
        model_config: {},
        usage_limits: expect.objectContaining({ type: 'cost', credit_limit: 2.5 }),
        rate_limits: [{ type: 'requests', unit: 'rpm', value: 0 }],
        reset_usage: 0,
        expires_at: '2099-01-01T00:00:00.000Z',
        created_at: expect.stringMatching(/Z$/),
        last_updated_at: expect.stringMatching(/Z$/),
        secret_mappings: [],
        object: 'virtual-key',
      });
      for (const ref of [created.body.id, `@${created.body.slug}`]) {
        expect((await call(key, 'GET', `/virtual-keys/${ref}`)).body.id).toBe(created.body.id);
      }
      const list = await call(key, 'GET', '/virtual-keys?');
      expect(list.body).toMatchObject({ object: 'list', total: expect.any(Number) });
      expect(list.body.data).toContainEqual(body);
      expect(await credentialOf(body.id)).toMatchObject({ provider: 'openai', revoked: false });
    });

    test.each([
      ['open-ai', 'openai'],
      ['hugging-face', 'huggingface'],
      ['mistral', 'mistral-ai'],
      ['rehearsal', 'rehearsal'],
    ])('the provider %s is %s', async (provider, expected) => {
      const { body } = await create({ provider });
      expect((await call(key, 'GET', `/virtual-keys/${body.id}`)).body.ai_provider_name).toBe(expected);
    });

    test('settings of a provider come flat, in every spelling, and are read back in that of virtual keys', async () => {
      const azure = {
        provider: 'azure-openai',
        resource_name: 'res',
        apiVersion: '2024-10-21',
        deploymentConfig: [{ apiVersion: '2024-10-21', deploymentName: 'gpt', alias: 'a', is_default: true }],
        azureAuthMode: 'entra',
        azure_entra_client_secret: 'an-entra-secret-value',
      };
      const { id } = (await create(azure)).body;
      expect((await call(key, 'GET', `/virtual-keys/${id}`)).body.model_config).toEqual({
        resourceName: 'res',
        apiVersion: '2024-10-21',
        azureAuthMode: 'entra',
        deployments: [{ apiVersion: '2024-10-21', deploymentName: 'gpt', alias: 'a', is_default: true }],
        masked_azureEntraClientSecret: 'an********lue',
      });
    });

    test('settings that a provider does not have, and hosts that nobody may be sent to, are refused with their path', async () => {
      expect(await create({ awsRegion: 'eu' })).toMatchObject({
        status: 400,
        body: {
          data: { errorCode: 'AB01' },
          error: { param: 'awsRegion' },
          errors: [expect.stringMatching(/^awsRegion: /)],
        },
      });
      expect(await create({ customHost: 'http://169.254.169.254' })).toMatchObject({
        status: 400,
        body: { error: { param: 'customHost' } },
      });
      expect(await create({ provider: 'opnai' })).toMatchObject({
        status: 400,
        body: { error: { param: 'provider', message: expect.stringContaining('"openai"') } },
      });
      expect(await create({ usage_limits: { credit: 5 } })).toMatchObject({ status: 400 });
      expect(JSON.stringify(await create({ awsRegion: SECRET }))).not.toContain(SECRET);
    });

    test('a secret in another store is not served yet, and says so', async () => {
      const secret_mappings = [{ target_field: 'key', secret_reference_id: 'ref' }];
      expect(await create({ key: undefined, secret_mappings })).toMatchObject({
        status: 400,
        body: { error: { param: 'secret_mappings', message: expect.stringContaining('not served yet') } },
      });
      const { id } = (await create({ secret_mappings })).body;
      expect((await call(key, 'GET', `/virtual-keys/${id}`)).body.secret_mappings).toEqual(secret_mappings);
    });

    test('nothing is written when the vault does not take the credential', async () => {
      const before = (await call(key, 'GET', '/virtual-keys')).body.total;
      platform().vault.fail(true);
      try {
        expect((await create()).status).toBe(503);
      } finally {
        platform().vault.fail(false);
      }
      expect((await call(key, 'GET', '/virtual-keys')).body.total).toBe(before);
    });

    test('a change without key keeps it, one with key replaces it, one with a transition keeps the old beside the new', async () => {
      const { id, slug } = (await create({ openai_organization: 'org-1' })).body;
      const renamed = await call(key, 'PUT', `/virtual-keys/${slug}`, { name: 'Renamed', slug, note: null });
      expect(renamed).toMatchObject({ status: 200, body: { id, slug, object: 'virtual-key' } });
      expect((await credentialOf(id))?.generation).toBe(1);
      await call(key, 'PUT', `/virtual-keys/${slug}`, { key: 'sk-another-secret-9999999', openaiOrganization: null });
      const { body } = await call(key, 'GET', `/virtual-keys/${slug}`);
      expect(body).toMatchObject({ name: 'Renamed', masked_api_key: 'sk********999', model_config: {} });
      const credential = await credentialOf(id);
      expect(platform().vault.overlaps.get(credential?.id ?? '')).toBeUndefined();
      const rotated = { key: 'sk-a-third-secret-8888888', openaiProject: 'p', key_transition_period_ms: 60_000 };
      expect((await call(key, 'PUT', `/virtual-keys/${slug}`, rotated)).status).toBe(200);
      expect(platform().vault.overlaps.get(credential?.id ?? '')).toBe(60_000);
      expect((await call(key, 'GET', `/virtual-keys/${slug}`)).body).toMatchObject({
        masked_api_key: 'sk********888',
        model_config: { openaiProject: 'p' },
      });
      const nothing = await call(key, 'PUT', `/virtual-keys/${slug}`, { key_transition_period_ms: 60_000 });
      expect(nothing).toMatchObject({ status: 400, body: { error: { param: 'key_transition_period_ms' } } });
    });

    test('nobody has a stored secret sent to another host', async () => {
      const { slug } = (await create({ customHost: 'https://one.example/v1' })).body;
      const move = (rest: Record<string, unknown>) =>
        call(key, 'PUT', `/virtual-keys/${slug}`, { customHost: 'https://two.example/v1', ...rest });
      expect(await move({})).toMatchObject({ status: 400, body: { error: { param: 'custom_host' } } });
      expect((await call(key, 'PUT', `/virtual-keys/${slug}`, { customHost: 'https://one.example/v1' })).status).toBe(
        200,
      );
      expect((await move({ key: 'sk-another-secret-9999999' })).status).toBe(200);
      const azure = (await create({ provider: 'azure-openai', resourceName: 'mine' })).body;
      const stolen = await call(key, 'PUT', `/virtual-keys/${azure.slug}`, { resourceName: 'theirs' });
      expect(stolen).toMatchObject({ status: 400, body: { error: { param: 'azure_resource_name' } } });
    });

    test('limits: absent keeps, null clears, a value replaces', async () => {
      const { slug } = (await create({ usage_limits: { credit_limit: 5 }, rate_limits: [] })).body;
      const read = async () => (await call(key, 'GET', `/virtual-keys/${slug}`)).body;
      await call(key, 'PUT', `/virtual-keys/${slug}`, { rate_limits: [{ type: 'tokens', unit: 'rpd', value: 7 }] });
      expect(await read()).toMatchObject({ usage_limits: { credit_limit: 5 }, rate_limits: [{ value: 7 }] });
      await call(key, 'PUT', `/virtual-keys/${slug}`, { usage_limits: null, rate_limits: null });
      expect(await read()).toMatchObject({ usage_limits: null, rate_limits: [] });
    });

    test('a spent key works again after a reset, one whose time is over is expired', async () => {
      const { id, slug } = (await create()).body;
      await platform().deps.db.query(
        `update virtual_keys set status = 'exhausted', expires_at = now() - interval '1 second' where id = $1`,
        [id],
      );
      const status = async () => (await call(key, 'GET', `/virtual-keys/${slug}`)).body.status;
      expect(await status()).toBe('expired');
      await call(key, 'PUT', `/virtual-keys/${slug}`, { expires_at: null });
      expect(await status()).toBe('exhausted');
      await call(key, 'PUT', `/virtual-keys/${slug}`, { reset_usage: true });
      expect(await status()).toBe('active');
    });

    test('a deleted key is gone, its credential is revoked, and its slug stays taken', async () => {
      const { id, slug } = (await create({ slug: 'chosen' })).body;
      expect(slug).toBe('chosen');
      expect(await create({ slug: 'chosen' })).toMatchObject({ status: 409, body: { data: { errorCode: 'AB07' } } });
      expect(await call(key, 'DELETE', `/virtual-keys/${slug}`)).toMatchObject({ status: 200, body: {} });
      for (const method of ['GET', 'DELETE'] as const) {
        expect((await call(key, method, `/virtual-keys/${slug}`)).status).toBe(404);
      }
      expect((await credentialOf(id))?.revoked).toBe(true);
      expect((await create({ slug: 'chosen' })).status).toBe(409);
    });

    test('a key is deleted while the vault is away', async () => {
      const { id, slug } = (await create()).body;
      platform().vault.fail(true);
      try {
        expect((await call(key, 'DELETE', `/virtual-keys/${slug}`)).status).toBe(200);
      } finally {
        platform().vault.fail(false);
      }
      expect((await call(key, 'GET', `/virtual-keys/${slug}`)).status).toBe(404);
      expect((await credentialOf(id))?.revoked).toBe(false);
    });

    test('other organisations and workspaces learn nothing of it', async () => {
      const { slug, id } = (await create()).body;
      const stranger = await platform().tenant();
      for (const by of [await stranger.key(), await stranger.key('organisation-service')]) {
        for (const [method, body] of [
          ['GET', undefined],
          ['PUT', {}],
          ['DELETE', undefined],
        ] as const) {
          for (const ref of [slug, id]) {
            expect((await call(by, method, `/virtual-keys/${ref}`, body)).status, method).toBe(404);
          }
        }
      }
      const named = await call(await stranger.key(), 'GET', `/virtual-keys/${slug}?workspace_id=${tenant.workspaceId}`);
      expect(named.status).toBe(403);
    });

    test('an admin key names the workspace where several have the slug', async () => {
      const admin = await tenant.key('organisation-service');
      const [other] = await platform().deps.db.query(
        `insert into workspaces (id, organization_id, slug, name) values ($1, $2, $3, 'Other') returning id`,
        [platform().deps.newId(), tenant.organizationId, 'ws-other-1'],
      );
      for (const workspace_id of [tenant.workspaceId, String(other?.id)]) {
        expect((await create({ slug: 'twice', workspace_id }, admin)).status).toBe(200);
      }
      expect(await call(admin, 'GET', '/virtual-keys/twice')).toMatchObject({
        status: 400,
        body: { error: { param: 'workspace_id' } },
      });
      const found = await call(admin, 'GET', '/virtual-keys/twice?workspace_id=ws-other-1');
      expect(found.body.workspace_id).toBe(other?.id);
      expect((await call(key, 'GET', '/virtual-keys/twice')).body.workspace_id).toBe(tenant.workspaceId);
    });

    test('gateways hear of every change, each with a higher generation', async () => {
      const { id, slug } = (await create()).body;
      const generation = async () =>
        (await platform().deps.db.query('select generation from virtual_keys where id = $1', [id]))[0]?.generation;
      let last = await generation();
      for (const [method, body] of [
        ['PUT', { name: 'x' }],
        ['PUT', { key: 'sk-another-secret-9999999' }],
        ['DELETE', undefined],
      ] as const) {
        const answer = await call(key, method, `/virtual-keys/${slug}`, body);
        expect(answer.headers['x-portolan-revision']).toMatch(/^\d+$/);
        const next = await generation();
        expect(Number(next)).toBeGreaterThan(Number(last));
        last = next;
      }
    });
  });
};

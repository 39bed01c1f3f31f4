import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

/** What the routes for providers promise, over any database. */
export const providersConformance = (platform: () => TestPlatform): void => {
  describe('providers', () => {
    let tenant: Tenant;
    let key: string;
    let integration: { id: string; slug: string };
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
      integration = (
        await call(key, 'POST', '/integrations', {
          name: 'Int',
          ai_provider_id: 'openai',
          key: 'sk-some-secret-value',
          create_default_provider: false,
        })
      ).body;
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const create = (body: Record<string, unknown> = {}, by = key) =>
      call(by, 'POST', '/providers', { name: 'Handle', integration_id: integration.id, ...body });

    test('a provider is another handle on an integration, named by its slug or id', async () => {
      const created = await create({
        slug: 'My_Handle-1',
        integration_id: integration.slug,
        note: 'n',
        usage_limits: { credit_limit: 1.5 },
        rate_limits: [{ type: 'requests', unit: 'rph', value: 4 }],
      });
      expect(created.body).toEqual({ id: expect.any(String), slug: 'My_Handle-1', object: 'provider' });
      const { body } = await call(key, 'GET', `/providers/My_Handle-1?workspace_id=${tenant.workspaceId}`);
      expect(body).toEqual({
        id: created.body.id,
        slug: 'My_Handle-1',
        name: 'Handle',
        note: 'n',
        status: 'active',
        integration_id: integration.id,
        ai_provider_id: 'openai',
        organisation_id: tenant.organizationId,
        workspace_id: tenant.workspaceId,
        usage_limits: expect.objectContaining({ credit_limit: 1.5 }),
        rate_limits: [{ type: 'requests', unit: 'rph', value: 4 }],
        reset_usage: 0,
        expires_at: null,
        created_at: expect.stringMatching(/Z$/),
        last_updated_at: expect.stringMatching(/Z$/),
        object: 'provider',
      });
      expect((await call(key, 'GET', `/virtual-keys/${created.body.id}`)).body.slug).toBe('My_Handle-1');
    });

    test('rate limits are a list in one provider and nothing in a list of them', async () => {
      const { slug } = (await create({ rate_limits: [{ type: 'requests', unit: 'rpm', value: 1 }] })).body;
      const { body } = await call(key, 'GET', '/providers?page_size=1000');
      expect(body).toMatchObject({ object: 'list', total: expect.any(Number) });
      const listed = body.data.find((each: { slug: string }) => each.slug === slug);
      expect(listed.rate_limits).toBeNull();
      expect((await call(key, 'GET', `/providers/${slug}`)).body.rate_limits).toHaveLength(1);
    });

    test('a change keeps, clears and replaces; the slug never changes', async () => {
      const { id, slug } = (await create({ usage_limits: { credit_limit: 5 }, note: 'n' })).body;
      const answer = await call(key, 'PUT', `/providers/${slug}`, { name: 'New', note: null, slug: 'other' });
      expect(answer.body).toEqual({ id, slug, object: 'provider' });
      expect((await call(key, 'GET', `/providers/${slug}`)).body).toMatchObject({
        name: 'New',
        note: null,
        usage_limits: { credit_limit: 5 },
      });
      await call(key, 'PUT', `/providers/${slug}`, { usage_limits: null, expires_at: '2099-01-01T00:00:00+02:00' });
      expect((await call(key, 'GET', `/providers/${slug}`)).body).toMatchObject({
        usage_limits: null,
        expires_at: '2098-12-31T22:00:00.000Z',
      });
    });

    test('slugs are shared with virtual keys, and belong to a workspace', async () => {
      expect((await create({ slug: 'shared' })).status).toBe(200);
      const same = await call(key, 'POST', '/virtual-keys', {
        name: 'x',
        provider: 'openai',
        key: 'k',
        slug: 'shared',
      });
      expect(same.status).toBe(409);
      expect(await create({ slug: 'shared' })).toMatchObject({
        status: 409,
        body: { data: { errorCode: 'AB07' }, error: { param: 'slug' } },
      });
      expect((await create({ slug: 'not a slug' })).status).toBe(400);
    });

    test('only an integration that the workspace has can be stood for', async () => {
      const other = await platform().tenant();
      const admin = await tenant.key('organisation-service');
      const closed = (
        await call(admin, 'POST', '/integrations', { name: 'c', ai_provider_id: 'openai', key: 'sk-some-secret-value' })
      ).body;
      for (const integration_id of [closed.id, closed.slug, 'nothing']) {
        expect(await create({ integration_id })).toMatchObject({
          status: 400,
          body: { error: { param: 'integration_id' } },
        });
      }
      expect((await create({}, await other.key())).status).toBe(400);
    });

    test('a deleted provider leaves its integration and the credential as they were', async () => {
      const { slug } = (await create()).body;
      expect(await call(key, 'DELETE', `/providers/${slug}`)).toMatchObject({ status: 200, body: {} });
      expect((await call(key, 'GET', `/providers/${slug}`)).status).toBe(404);
      expect((await call(key, 'GET', `/integrations/${integration.slug}`)).status).toBe(200);
      const [row] = await platform().deps.db.query('select credential_id from integrations where id = $1', [
        integration.id,
      ]);
      expect(platform().vault.stored.get(String(row?.credential_id))?.revoked).toBe(false);
    });

    test('the virtual key that made its integration goes, and the integration stays while another handle needs it', async () => {
      const made = (
        await call(key, 'POST', '/virtual-keys', { name: 'v', provider: 'openai', key: 'sk-a-secret-9999' })
      ).body;
      const { integration_id } = (await call(key, 'GET', `/virtual-keys/${made.slug}`)).body;
      const other = (await create({ integration_id })).body;
      await call(key, 'DELETE', `/virtual-keys/${made.slug}`);
      expect((await call(key, 'GET', `/providers/${other.slug}`)).status).toBe(200);
      const refused = await call(key, 'PUT', `/virtual-keys/${other.slug}`, { key: 'sk-b-secret-9999' });
      expect(refused.status).toBe(409);
    });

    test('to list is not to read', async () => {
      const { slug } = (await create()).body;
      const lister = await tenant.key('workspace-service', { scopes: ['providers.list'] });
      expect((await call(lister, 'GET', '/providers')).status).toBe(200);
      expect(await call(lister, 'GET', `/providers/${slug}`)).toMatchObject({
        status: 403,
        body: { data: { errorCode: 'AB03' } },
      });
    });
  });
};

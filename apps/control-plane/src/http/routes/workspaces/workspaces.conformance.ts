import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

/** What the workspace routes promise, over any database. */
export const workspacesConformance = (platform: () => TestPlatform): void => {
  describe('workspaces', () => {
    let tenant: Tenant;
    let admin: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      admin = await tenant.key('organisation-service');
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const create = async (body: object = {}) =>
      (await call(admin, 'POST', '/admin/workspaces', { name: 'Team A', ...body })).body;

    test('a workspace is created with its people, found by slug and id, listed and changed', async () => {
      const userId = await tenant.person('member');
      const limit = { type: 'cost', credit_limit: 10, alert_threshold: 8, periodic_reset: 'monthly' };
      const created = await create({
        icon: '🚀',
        description: 'd',
        users: [userId],
        defaults: { metadata: { team: 'a' } },
        usage_limits: [limit],
        rate_limits: [{ type: 'requests', unit: 'rpm', value: 100 }],
      });
      expect(created).toMatchObject({
        name: 'Team A',
        object: 'workspace',
        is_default: 0,
        icon: '🚀',
        defaults: { metadata: { team: 'a' } },
        users: [{ id: userId, role: 'member', org_role: 'member' }],
        usage_limits: [limit],
      });
      expect(created.slug).toMatch(/^ws-team-a-[0-9a-f]{6}$/);
      expect(Object.values(created.users[0]).every((value) => typeof value === 'string')).toBe(true);
      for (const ref of [created.id, created.slug]) {
        for (const path of ['/admin/workspaces', '/workspaces']) {
          expect((await call(admin, 'GET', `${path}/${ref}`)).body).toEqual(created);
        }
      }
      const changed = await call(admin, 'PUT', `/admin/workspaces/${created.slug}`, {
        name: 'Team B',
        icon: null,
        usage_limits: null,
        defaults: { metadata: null },
      });
      expect(changed.body).toMatchObject({
        name: 'Team B',
        icon: null,
        description: 'd',
        usage_limits: [],
        defaults: {},
      });
      expect(changed.body.rate_limits).toHaveLength(1);
      expect(changed.headers['x-portolan-revision']).toMatch(/^\d+$/);
    });

    test('a list is filtered by name, exact name and status, and pages keep their total', async () => {
      const one = await create({ name: 'Filter one 50%' });
      const two = await create({ name: 'Filter two' });
      await call(admin, 'DELETE', `/admin/workspaces/${two.slug}`, { name: 'Filter two' });
      const names = async (query: string) => {
        const { body } = await call(admin, 'GET', `/admin/workspaces?${query}`);
        return body.data.map(({ name }: { name: string }) => name);
      };
      expect(await names('name=filter&name_format=plain')).toEqual(['Filter one 50%']);
      expect(await names('name=50%25')).toEqual(['Filter one 50%']);
      expect(await names('exact_name=Filter')).toEqual([]);
      expect(await names('exact_name=Filter%20one%2050%25')).toEqual([one.name]);
      expect(await names('name=filter&status=active,archived')).toEqual(['Filter two', 'Filter one 50%']);
      expect((await call(admin, 'GET', '/admin/workspaces?status=gone')).status).toBe(400);
      const page = (await call(admin, 'GET', '/admin/workspaces?name=filter&status=archived,active&pageSize=1')).body;
      expect(page).toMatchObject({ object: 'list', total: 2 });
      expect(page.data).toHaveLength(1);
    });

    test('the config of user keys must be an active one of the workspace, and is told by its slug', async () => {
      const workspace = await create();
      const config = { virtual_key: 'main' };
      const own = (await call(admin, 'POST', '/configs', { name: 'c', config, workspace_id: workspace.id })).body;
      const other = (await call(await tenant.key(), 'POST', '/configs', { name: 'c', config })).body;
      const put = (user_api_key_config: string | null) =>
        call(admin, 'PUT', `/admin/workspaces/${workspace.id}`, { defaults: { user_api_key_config } });
      expect(await put(other.slug)).toMatchObject({
        status: 400,
        body: { error: { param: 'defaults.user_api_key_config' } },
      });
      expect((await put(own.id)).body.defaults).toEqual({ user_api_key_config: own.slug });
      expect((await call(admin, 'DELETE', `/configs/${own.slug}`)).status).toBe(409);
      expect((await put(null)).body.defaults).toEqual({});
    });

    test('defaults are strict: unknown names, numbers as metadata and guardrails that do not exist are refused', async () => {
      for (const [defaults, line] of [
        [{ metdata: {} }, /defaults\.metdata: .*"metadata"/],
        [{ metadata: { a: 1 } }, /defaults\.metadata\.a/],
        [{ input_guardrails: ['pg-none-000000'] }, /defaults\.input_guardrails\.0/],
      ] as const) {
        const refused = await call(admin, 'POST', '/admin/workspaces', { name: 'x', defaults });
        expect(refused.status).toBe(400);
        expect(refused.body.errors).toEqual([expect.stringMatching(line)]);
      }
    });

    test('metadata is measured by the schema of the organisation', async () => {
      const other = await platform().tenant();
      const key = await other.key('organisation-service');
      const schema = {
        type: 'object',
        required: ['cost_centre'],
        properties: { cost_centre: { pattern: '^[0-9]+$' } },
      };
      await platform().deps.db.query('update organizations set settings = $2 where id = $1', [
        other.organizationId,
        JSON.stringify({ workspaceMetadataSchema: schema }),
      ]);
      const post = (metadata?: object) =>
        call(key, 'POST', '/admin/workspaces', {
          name: 'x',
          ...(metadata === undefined ? {} : { defaults: { metadata } }),
        });
      expect((await post()).status).toBe(400);
      expect((await post({ cost_centre: 'x' })).body.errors).toEqual([
        expect.stringContaining('defaults.metadata.cost_centre'),
      ]);
      expect((await post({ cost_centre: '12' })).status).toBe(200);
    });

    test('a workspace is deleted by its name, and only when it is empty or that is wanted', async () => {
      const workspace = await create({ name: 'Doomed' });
      const path = `/admin/workspaces/${workspace.slug}`;
      const config = (
        await call(admin, 'POST', '/configs', { name: 'c', config: { virtual_key: 'm' }, workspace_id: workspace.id })
      ).body;
      const key = await tenant.key('workspace-service', { workspaceId: workspace.id });
      expect((await call(admin, 'DELETE', path, {})).status).toBe(400);
      expect((await call(admin, 'DELETE', path, { name: 'doomed' })).status).toBe(400);
      const refused = await call(admin, 'DELETE', path, { name: 'Doomed' });
      expect(refused).toMatchObject({ status: 409, body: { data: { errorCode: 'AB07' } } });
      expect(refused.body.data.message).toMatch(/1 configs, 1 API keys/);
      expect(await call(admin, 'DELETE', path, { name: 'Doomed', forceDelete: true })).toMatchObject({
        status: 200,
        body: {},
      });
      expect((await call(admin, 'GET', path)).status).toBe(404);
      expect((await call(admin, 'GET', `/configs/${config.slug}`)).status).toBe(404);
      expect((await call(key, 'GET', '/configs')).status).toBe(401);
    });

    test('deleting by force revokes the credentials in the vault, and does nothing while the vault is away', async () => {
      const { db, newId } = platform().deps;
      const workspace = await create({ name: 'Keys' });
      const credentialId = newId();
      const actor = 'job:test';
      const { organizationId } = tenant;
      await platform().vault.create({
        organizationId,
        id: credentialId,
        actor,
        workspaceId: workspace.id,
        provider: 'openai',
        settings: { key: 'sk-secret-of-a-test' },
      });
      const integrationId = newId();
      await db.query(
        `insert into integrations (id, organization_id, workspace_id, slug, name, provider, credential_id) values ($1, $2, $3, $4, 'i', 'openai', $5)`,
        [integrationId, organizationId, workspace.id, `i-${integrationId}`, credentialId],
      );
      await db.query(
        `insert into virtual_keys (id, organization_id, workspace_id, integration_id, slug, name, owns_integration) values ($1, $2, $3, $4, 'v', 'v', true)`,
        [newId(), organizationId, workspace.id, integrationId],
      );
      const force = () =>
        call(admin, 'DELETE', `/admin/workspaces/${workspace.id}`, { name: 'Keys', force_delete: true });
      platform().vault.fail(true);
      expect((await force()).status).toBe(503);
      platform().vault.fail(false);
      expect((await call(admin, 'GET', `/admin/workspaces/${workspace.id}`)).status).toBe(200);
      expect((await force()).status).toBe(200);
      expect(platform().vault.stored.get(credentialId)?.revoked).toBe(true);
      const rows = await db.query('select status from virtual_keys where workspace_id = $1', [workspace.id]);
      expect(rows).toEqual([{ status: 'archived' }]);
    });

    test('the default workspace stays', async () => {
      const { body } = await call(admin, 'GET', `/admin/workspaces/${tenant.workspaceId}`);
      expect(body.is_default).toBe(1);
      const refused = await call(admin, 'DELETE', `/admin/workspaces/${tenant.workspaceId}`, {
        name: body.name,
        force_delete: true,
      });
      expect(refused).toMatchObject({ status: 409, body: { data: { errorCode: 'AB07' } } });
    });

    test('a key of a workspace sees and changes its own one only', async () => {
      const key = await tenant.key();
      const other = await create({ name: 'Other' });
      const { body } = await call(key, 'GET', '/admin/workspaces');
      expect(body).toMatchObject({ total: 1, data: [{ id: tenant.workspaceId }] });
      expect((await call(key, 'GET', `/workspaces/${tenant.workspaceSlug}`)).status).toBe(200);
      for (const ref of [other.slug, 'ws-nothing-000000']) {
        expect((await call(key, 'GET', `/workspaces/${ref}`)).status).toBe(403);
      }
      const stranger = await (await platform().tenant()).key('organisation-service');
      expect((await call(stranger, 'GET', `/workspaces/${other.id}`)).status).toBe(404);
    });

    test('asking for the usage to begin again is kept with its time', async () => {
      const { id, last_reset_at } = await create({ name: 'Reset' });
      expect(last_reset_at).toBeNull();
      const { body } = await call(admin, 'PUT', `/workspaces/${id}`, { reset_usage: 1 });
      expect(body.last_reset_at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    });
  });
};

import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

const SECRET = 'sk-this-is-a-secret-0123456789';
const PYTHON = { 'x-portkey-package-version': 'portkey-2.3.1', 'x-portkey-runtime': 'CPython' };

/** What the routes for integrations promise, over any database. */
export const integrationsConformance = (platform: () => TestPlatform): void => {
  describe('integrations', () => {
    let tenant: Tenant;
    let key: string;
    let admin: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
      admin = await tenant.key('organisation-service');
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const create = (body: Record<string, unknown> = {}, by = admin) =>
      call(by, 'POST', '/integrations', { name: 'Open', ai_provider_id: 'openai', key: SECRET, ...body });
    const newWorkspace = async (slug: string): Promise<string> => {
      const id = platform().deps.newId();
      await platform().deps.db.query(
        'insert into workspaces (id, organization_id, slug, name) values ($1, $2, $3, $3)',
        [id, tenant.organizationId, slug],
      );
      return id;
    };
    const providersOf = async (workspaceId: string): Promise<readonly { slug: string; integration_id: string }[]> =>
      (await call(admin, 'GET', `/providers?workspace_id=${workspaceId}`)).body.data;
    const letIn = (slug: string, workspaces: readonly unknown[], rest: Record<string, unknown> = {}) =>
      call(admin, 'PUT', `/integrations/${slug}/workspaces`, { workspaces, ...rest });

    test('an integration of the organisation is made, read with masks, changed and ended', async () => {
      const created = await create({
        slug: 'open-main',
        description: 'd',
        configurations: { openai_organization: 'org', custom_headers: { 'x-secret': 'hidden-value' } },
        tags: { team: 'x' },
        pricing_adjustments: { percent: 5 },
      });
      expect(created.body).toEqual({ id: expect.any(String), slug: 'open-main', object: 'integration' });
      const read = async () => (await call(admin, 'GET', '/integrations/open-main')).body;
      expect(await read()).toEqual({
        id: created.body.id,
        slug: 'open-main',
        name: 'Open',
        description: 'd',
        status: 'active',
        type: 'organisation',
        organisation_id: tenant.organizationId,
        workspace_id: null,
        ai_provider_id: 'openai',
        masked_key: 'sk********789',
        configurations: { openai_organization: 'org', masked_custom_headers: '********' },
        global_workspace_access: null,
        global_workspace_access_settings: null,
        allow_all_models: true,
        workspace_count: 0,
        secret_mappings: [],
        pricing_adjustments: { percent: 5 },
        tags: { team: 'x' },
        owner_id: expect.any(String),
        created_at: expect.stringMatching(/Z$/),
        last_updated_at: expect.stringMatching(/Z$/),
        object: 'integration',
      });
      const before = await read();
      // What was read may be sent back: masks change nothing.
      const back = { configurations: before.configurations, key: '', description: null, name: 'New' };
      expect((await call(admin, 'PUT', '/integrations/open-main', back)).body).toEqual({});
      expect(await read()).toMatchObject({
        name: 'New',
        description: null,
        masked_key: 'sk********789',
        configurations: before.configurations,
      });
      await call(admin, 'PUT', `/integrations/${created.body.id}`, { key: 'sk-another-secret-9999999', tags: null });
      expect(await read()).toMatchObject({ masked_key: 'sk********999', tags: null });
      expect(await call(admin, 'DELETE', '/integrations/open-main', {})).toMatchObject({ status: 200, body: {} });
      expect((await call(admin, 'GET', '/integrations/open-main')).status).toBe(404);
      expect((await create({ slug: 'open-main' })).status).toBe(409);
    });

    test('settings that are wrong are named by their path', async () => {
      expect(await create({ configurations: { aws_region: 'eu' } })).toMatchObject({
        status: 400,
        body: { error: { param: 'configurations.aws_region' } },
      });
      expect(await create({ configurations: { custom_host: 'http://10.1.2.3' } })).toMatchObject({
        status: 400,
        body: { error: { param: 'configurations.custom_host' } },
      });
      expect(await create({ ai_provider_id: 'nobody' })).toMatchObject({
        status: 400,
        body: { error: { param: 'ai_provider_id' } },
      });
    });

    test('an integration of a workspace has a provider at once, unless nobody wants one', async () => {
      const made = (await create({ slug: 'ws-own', default_provider_slug: 'handle' }, key)).body;
      expect((await call(key, 'GET', '/integrations/ws-own')).body).toMatchObject({
        type: 'workspace',
        workspace_id: tenant.workspaceId,
        workspace_count: 1,
      });
      expect((await call(key, 'GET', '/providers/handle')).body).toMatchObject({ integration_id: made.id });
      const bare = (await create({ create_default_provider: false }, key)).body;
      const ids = (await providersOf(tenant.workspaceId)).map(({ integration_id }) => integration_id);
      expect(ids).not.toContain(bare.id);
      const shared = await call(key, 'PUT', `/integrations/${bare.slug}/workspaces`, { workspaces: [] });
      expect(shared.status).toBe(409);
    });

    test('workspaces are let in one by one, with limits, and get a provider when that is wanted', async () => {
      const { slug, id } = (await create()).body;
      const one = await newWorkspace('ws-one');
      const two = await newWorkspace('ws-two');
      const limits = {
        usage_limits: [{ type: 'cost', credit_limit: 10, alert_threshold: 5 }],
        rate_limits: [{ type: 'requests', unit: 'rpm', value: 3 }],
      };
      const answer = await letIn(slug, [{ id: 'ws-one', enabled: true, create_default_provider: true, ...limits }]);
      expect(answer).toMatchObject({ status: 200, body: {} });
      expect((await letIn(slug, [{ id: two, enabled: true }])).status).toBe(200);
      const { body } = await call(admin, 'GET', `/integrations/${slug}/workspaces`);
      expect(body).toMatchObject({
        object: 'list',
        total: 2,
        global_workspace_access: null,
        workspaces: [
          { id: one, enabled: true, usage_limits: [{ credit_limit: 10 }], rate_limits: [{ value: 3 }] },
          { id: two, enabled: true, usage_limits: [], rate_limits: [] },
        ],
      });
      expect(Number.isInteger(body.workspaces[0].usage_limits[0].credit_limit)).toBe(true);
      expect(await providersOf(one)).toMatchObject([{ slug, integration_id: id }]);
      expect(await providersOf(two)).toEqual([]);
      expect((await call(admin, 'GET', `/integrations/${slug}`)).body.workspace_count).toBe(2);
      // What is not named keeps its limits; null takes them away.
      await letIn(slug, [{ id: one, enabled: true }]);
      await letIn(slug, [{ id: one, enabled: true, rate_limits: null }]);
      const [first] = (await call(admin, 'GET', `/integrations/${slug}/workspaces`)).body.workspaces;
      expect(first).toMatchObject({ usage_limits: [{ credit_limit: 10 }], rate_limits: [] });
    });

    test('the Python SDK gets limits of workspaces as objects, everybody else as lists', async () => {
      const { slug } = (await create()).body;
      const workspace = await newWorkspace('ws-python');
      await letIn(slug, [{ id: workspace, enabled: true, usage_limits: { credit_limit: 3 } }]);
      const answer = await platform().app.inject({
        method: 'GET',
        url: `/v1/integrations/${slug}/workspaces`,
        headers: { 'x-portkey-api-key': admin, ...PYTHON },
      });
      expect(answer.json().workspaces[0]).toMatchObject({ usage_limits: { credit_limit: 3 }, rate_limits: null });
    });

    test('a workspace that is shut out loses its handles, and has them again when it is let in', async () => {
      const { slug } = (await create()).body;
      const workspace = await newWorkspace('ws-out');
      await letIn(slug, [{ id: workspace, enabled: true, create_default_provider: true }]);
      const generation = async () =>
        (await platform().deps.db.query('select generation from virtual_keys where workspace_id = $1', [workspace]))[0]
          ?.generation;
      const before = await generation();
      const out = await letIn(slug, [{ id: workspace, enabled: false }]);
      expect(out.headers['x-portolan-revision']).toMatch(/^\d+$/);
      expect(await providersOf(workspace)).toEqual([]);
      expect(Number(await generation())).toBeGreaterThan(Number(before));
      await letIn(slug, [{ id: workspace, enabled: true }]);
      expect(await providersOf(workspace)).toMatchObject([{ slug }]);
    });

    test('all workspaces are let in together, and rows of their own are overridden in both spellings', async () => {
      const { slug } = (await create()).body;
      const workspace = await newWorkspace('ws-global');
      await letIn(slug, [{ id: workspace, enabled: false }]);
      await letIn(slug, [], { global_workspace_access: { enabled: true }, create_default_provider: true });
      expect(await providersOf(workspace)).toEqual([]);
      expect(await providersOf(tenant.workspaceId)).toContainEqual(expect.objectContaining({ slug }));
      for (const flag of ['override_existing_workspace_access', 'override_existing_workspaces_access']) {
        await letIn(slug, [{ id: workspace, enabled: false }]);
        const everywhere = { global_workspace_access: { enabled: true }, create_default_provider: true };
        await letIn(slug, [], { ...everywhere, [flag]: true });
        expect(await providersOf(workspace), flag).toContainEqual(expect.objectContaining({ slug }));
      }
      const { body } = await call(admin, 'GET', `/integrations/${slug}/workspaces`);
      expect(body).toMatchObject({ total: 0, workspaces: [], global_workspace_access: { enabled: true } });
      await letIn(slug, [], { global_workspace_access: null });
      expect(await providersOf(workspace)).not.toContainEqual(expect.objectContaining({ slug }));
    });

    test('wrong access is refused with its path', async () => {
      const { slug } = (await create()).body;
      expect(await letIn(slug, [{ id: 'ws-nobody', enabled: true }])).toMatchObject({
        status: 400,
        body: { error: { param: 'workspaces.0.id' } },
      });
      const refused = await letIn(slug, [{ id: tenant.workspaceId, enabeld: true }]);
      expect(refused.body.errors.join('\n')).toMatch(/workspaces\.0\.enabeld: .*"enabled"/);
      const two = [{ credit_limit: 5 }, { credit_limit: 6 }];
      expect((await letIn(slug, [{ id: tenant.workspaceId, enabled: true, usage_limits: two }])).status).toBe(400);
    });

    test('models are let in by name, changed one by one, and taken off by query or body', async () => {
      const { slug } = (await create({}, key)).body;
      const path = `/integrations/${slug}/models`;
      const read = async () => (await call(key, 'GET', path)).body;
      expect(await read()).toEqual({ object: 'list', total: 0, models: [], allow_all_models: true });
      const models = [
        { slug: 'gpt-a', enabled: true },
        {
          slug: 'mine',
          enabled: true,
          is_custom: 1,
          base_model_slug: 'gpt-a',
          configurations: { custom_host: 'https://llm.example/v1' },
          pricing_config: { type: 'static', pay_as_you_go: { request_token: { price: 0.1 } } },
        },
      ];
      expect((await call(key, 'PUT', path, { models, allow_all_models: false })).body).toEqual({});
      await call(key, 'PUT', path, { models: [{ slug: 'gpt-a', enabled: false }] });
      expect(await read()).toMatchObject({
        total: 2,
        allow_all_models: false,
        models: [
          { slug: 'gpt-a', enabled: false, is_custom: false, is_finetune: false },
          { ...models[1], is_custom: true },
        ],
      });
      const alias = `/integrations/${slug}/integration-models`;
      expect((await call(key, 'GET', alias)).body).toEqual(await read());
      expect((await call(key, 'DELETE', `${path}?slugs=gpt-a`, { models: [] })).body).toEqual({});
      expect((await call(key, 'DELETE', path, { models: [{ slug: 'mine' }] })).body).toEqual({});
      expect((await read()).models).toEqual([]);
      expect((await call(key, 'DELETE', path)).status).toBe(400);
    });

    test('hosts and headers of models are checked', async () => {
      const { slug } = (await create({}, key)).body;
      const put = (configurations: unknown) =>
        call(key, 'PUT', `/integrations/${slug}/models`, { models: [{ slug: 'm', enabled: true, configurations }] });
      expect(await put({ custom_host: 'http://169.254.169.254' })).toMatchObject({
        status: 400,
        body: { error: { param: 'models.0.configurations.custom_host' } },
      });
      expect(await put({ custom_headers: { authorization: SECRET } })).toMatchObject({
        status: 400,
        body: { error: { param: 'models.0.configurations.custom_headers' } },
      });
    });

    test('what changes for gateways raises every handle on the integration', async () => {
      const { slug, id } = (await create({}, key)).body;
      await call(key, 'POST', '/providers', { name: 'second', integration_id: slug });
      const generations = async () =>
        (await platform().deps.db.query('select generation from virtual_keys where integration_id = $1', [id])).map(
          ({ generation }) => Number(generation),
        );
      expect(await generations()).toEqual([1, 1]);
      const changed = await call(key, 'PUT', `/integrations/${slug}/models`, { allow_all_models: false });
      expect(changed.headers['x-portolan-revision']).toMatch(/^\d+$/);
      expect(await generations()).toEqual([2, 2]);
    });

    test('an integration ends with all handles on it', async () => {
      const { slug, id } = (await create({}, key)).body;
      const second = (await call(key, 'POST', '/providers', { name: 'second', integration_id: id })).body;
      expect((await call(key, 'DELETE', `/integrations/${slug}`)).status).toBe(200);
      expect((await call(key, 'GET', `/providers/${second.slug}`)).status).toBe(404);
      const [row] = await platform().deps.db.query('select credential_id from integrations where id = $1', [id]);
      expect(platform().vault.stored.get(String(row?.credential_id))?.revoked).toBe(true);
    });

    test('a list shows what the caller has: the organisation all of it, a workspace its own and what it was let into', async () => {
      const own = await platform().tenant();
      const ownKey = await own.key();
      const ownAdmin = await own.key('organisation-service');
      const mine = (await create({}, ownKey)).body;
      const closed = (await create({}, ownAdmin)).body;
      const open = (await create({}, ownAdmin)).body;
      await call(ownAdmin, 'PUT', `/integrations/${open.slug}/workspaces`, {
        workspaces: [{ id: own.workspaceId, enabled: true }],
      });
      const idsOf = async (by: string, query = ''): Promise<readonly string[]> => {
        const { body } = await call(by, 'GET', `/integrations?${query}`);
        expect(body.total).toBe(body.data.length);
        return body.data.map(({ id }: { id: string }) => id).sort();
      };
      expect(await idsOf(ownAdmin)).toEqual([mine.id, closed.id, open.id].sort());
      expect(await idsOf(ownAdmin, 'type=organisation')).toEqual([closed.id, open.id].sort());
      expect(await idsOf(ownAdmin, `workspace_id=${own.workspaceSlug}`)).toEqual([mine.id, open.id].sort());
      expect(await idsOf(ownKey)).toEqual([mine.id, open.id].sort());
      expect(await idsOf(ownKey, 'type=workspace')).toEqual([mine.id]);
      expect((await call(ownKey, 'GET', `/integrations/${closed.slug}`)).status).toBe(403);
      for (const by of [key, admin]) {
        expect((await call(by, 'GET', `/integrations/${mine.slug}`)).status).toBe(404);
      }
    });
  });
};

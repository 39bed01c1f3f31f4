import { createHash } from 'node:crypto';
import { scopesFor } from '@portolan/access-control';
import { createApiKey } from '@portolan/api-key';
import { beforeAll, describe, expect, test } from 'vitest';
import { callerOfKey } from '../../../access/api-key.ts';
import { issueApiKey } from '../../../setup/issue-api-key.ts';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

const DAY_MS = 86_400_000;

/** What the routes for API keys promise, over any database. */
export const apiKeysConformance = (platform: () => TestPlatform): void => {
  describe('API keys', () => {
    let tenant: Tenant;
    let admin: string;
    let service: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      admin = await tenant.key('organisation-service');
      service = await tenant.key();
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const create = (body: Record<string, unknown> = {}, path = '/api-keys/workspace/service', key = service) =>
      call(key, 'POST', path, { name: 'k', scopes: ['completions.write'], ...body });
    const settings = (value: unknown) =>
      platform().deps.db.query('update organizations set settings = $2 where id = $1', [
        tenant.organizationId,
        JSON.stringify(value),
      ]);

    test('a key works at once, is shown once, and is masked from then on', async () => {
      const created = await create({
        name: ' Mine ',
        description: 'for tests',
        scopes: ['workspace_service_api_keys.read', 'configs.list', 'configs.list'],
        rate_limits: [{ type: 'requests', unit: 'rps', value: 5 }],
        usage_limits: { credit_limit: 10.5, periodic_reset: 'monthly' },
        alert_emails: ['a@example.com'],
        defaults: { metadata: { team: 'x' }, allow_config_override: false },
      });
      expect(created).toMatchObject({ status: 200, body: { object: 'api-key' } });
      expect(Object.keys(created.body).sort()).toEqual(['id', 'key', 'object']);
      const { id, key } = created.body;
      expect((await call(key, 'GET', '/configs')).status).toBe(200);
      const read = await call(key, 'GET', `/api-keys/${id}`);
      expect(read.body).toEqual({
        id,
        key: expect.stringContaining('********'),
        name: 'Mine',
        description: 'for tests',
        type: 'workspace-service',
        organisation_id: tenant.organizationId,
        workspace_id: tenant.workspaceId,
        user_id: null,
        status: 'active',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        last_updated_at: expect.stringMatching(/Z$/),
        last_reset_at: null,
        creation_mode: 'api',
        rate_limits: [{ type: 'requests', unit: 'rps', value: 5 }],
        usage_limits: expect.objectContaining({ type: 'cost', credit_limit: 10.5, periodic_reset: 'monthly' }),
        reset_usage: 0,
        scopes: ['workspace_service_api_keys.read', 'configs.list'],
        defaults: { metadata: { team: 'x' }, config_id: null, allow_config_override: false },
        allow_config_override: 0,
        alert_emails: ['a@example.com'],
        expires_at: null,
        rotation_policy: null,
        object: 'api-key',
      });
      const everything = JSON.stringify([read.body, await call(service, 'GET', '/api-keys')]);
      expect(everything).not.toContain(key);
      const stored = await platform().deps.db.query('select * from api_key_secrets where api_key_id = $1', [id]);
      expect(JSON.stringify(stored, (_n, v) => (typeof v === 'bigint' ? String(v) : v))).not.toContain(key);
    });

    test('the type is understood wherever clients put it, and a missing one is asked for', async () => {
      const typeOf = async (path: string, body: Record<string, unknown> = {}) => {
        const { body: made } = await create({ workspace_id: tenant.workspaceId, ...body }, path, admin);
        return made.id === undefined ? made : (await call(admin, 'GET', `/api-keys/${made.id}`)).body.type;
      };
      const admins = { scopes: ['workspaces.list'] };
      expect(await typeOf('/api-keys/organisation/service', admins)).toBe('organisation-service');
      expect(await typeOf('/api-keys/organisation/NOT_GIVEN', admins)).toBe('organisation-service');
      expect(await typeOf('/api-keys/workspace/undefined')).toBe('workspace-service');
      expect(await typeOf('/api-keys/workspace')).toBe('workspace-service');
      expect(await typeOf('/admin/api-keys', { type: 'workspace' })).toBe('workspace-service');
      expect(await typeOf('/admin/api-keys', { type: 'organisation', 'sub-type': 'service', ...admins })).toBe(
        'organisation-service',
      );
      for (const path of ['/api-keys/NOT_GIVEN/NOT_GIVEN', '/admin/api-keys', '/api-keys/undefined/undefined']) {
        expect(await create({}, path, admin)).toMatchObject({ status: 400, body: { error: { param: 'type' } } });
      }
      expect(await create({}, '/api-keys/organisation/user', admin)).toMatchObject({
        status: 400,
        body: { error: { param: 'sub-type' } },
      });
    });

    test('scopes that do not exist or that such a key never holds are named', async () => {
      const refused = await create({ scopes: ['config.list', 'audit_logs.list', 'completions.write'] });
      expect(refused).toMatchObject({ status: 400, body: { data: { errorCode: 'AB01' }, error: { param: 'scopes' } } });
      expect(refused.body.errors).toEqual([
        expect.stringMatching(/"config\.list".*"configs\.list"/),
        expect.stringMatching(/workspace-service cannot hold "audit_logs\.list"/),
      ]);
      expect((await create({ scopes: [] })).status).toBe(400);
      expect((await call(service, 'POST', '/api-keys/workspace/service', { name: 'x' })).body.errors).toEqual([
        'scopes: is required: what may the key do?',
      ]);
    });

    test('nobody gives a key more than it has', async () => {
      const small = await tenant.key('workspace-service', {
        scopes: [
          'workspace_service_api_keys.create',
          'workspace_service_api_keys.update',
          'workspace_service_api_keys.rotate',
          'configs.read',
        ],
      });
      expect((await create({ scopes: ['configs.read'] }, undefined, small)).status).toBe(200);
      expect(await create({ scopes: ['configs.delete'] }, undefined, small)).toMatchObject({
        status: 403,
        body: {
          data: { errorCode: 'AB03' },
          error: { param: 'scopes', message: expect.stringContaining('configs.delete') },
        },
      });
      expect((await create({}, '/api-keys/organisation/service', small)).status).toBe(403);
      const strong = (await create({ scopes: ['configs.delete', 'configs.read'] })).body;
      expect((await call(small, 'POST', `/api-keys/${strong.id}/rotate`, {})).status).toBe(403);
      expect((await call(small, 'PUT', `/api-keys/${strong.id}`, { name: 'renamed' })).status).toBe(200);
      expect((await call(small, 'PUT', `/api-keys/${strong.id}`, { scopes: ['logs.view'] })).status).toBe(403);
      expect((await call(small, 'PUT', `/api-keys/${strong.id}`, { scopes: ['configs.delete'] })).status).toBe(200);
    });

    test('an admin key makes keys for callers of models, and none with an admin scope that it lacks itself', async () => {
      const narrow = await tenant.key('organisation-service', {
        scopes: ['workspace_service_api_keys.create', 'organisation_service_api_keys.create'],
      });
      const inWorkspace = { workspace_id: tenant.workspaceSlug };
      expect((await create(inWorkspace, undefined, narrow)).status).toBe(200);
      expect((await create({ ...inWorkspace, scopes: ['prompts.delete'] }, undefined, narrow)).status).toBe(403);
      expect((await create({ scopes: ['audit_logs.list'] }, '/api-keys/organisation/service', narrow)).status).toBe(
        403,
      );
    });

    test('a user key belongs to a member of the workspace', async () => {
      const path = '/api-keys/workspace/user';
      const member = await tenant.person('member', { [tenant.workspaceId]: 'member' });
      const outsider = await tenant.person('member');
      const made = await create({ user_id: member }, path);
      expect((await call(service, 'GET', `/api-keys/${made.body.id}`)).body).toMatchObject({
        type: 'workspace-user',
        user_id: member,
      });
      for (const user_id of [undefined, outsider, 'nobody']) {
        expect(await create({ user_id }, path)).toMatchObject({ status: 400, body: { error: { param: 'user_id' } } });
      }
    });

    test('a default config is found by slug or id in the workspace, shown as slug, and unbound by null', async () => {
      const config = (await call(service, 'POST', '/configs', { name: 'd', config: { virtual_key: 'x' } })).body;
      for (const config_id of [config.slug, config.id]) {
        const { id } = (await create({ defaults: { config_id } })).body;
        expect((await call(service, 'GET', `/api-keys/${id}`)).body.defaults.config_id).toBe(config.slug);
        expect((await call(service, 'PUT', `/api-keys/${id}`, { defaults: { config_id: null } })).body).toEqual({});
        expect((await call(service, 'GET', `/api-keys/${id}`)).body.defaults.config_id).toBeNull();
      }
      const other = await platform().tenant();
      const foreign = (await call(await other.key(), 'POST', '/configs', { name: 'd', config: { virtual_key: 'x' } }))
        .body;
      for (const config_id of [foreign.slug, foreign.id, 'pc-none-000000']) {
        expect(await create({ defaults: { config_id } })).toMatchObject({
          status: 400,
          body: { error: { param: 'defaults.config_id' } },
        });
      }
    });

    test('user keys without a config have that of their workspace', async () => {
      const own = await platform().tenant();
      const key = await own.key();
      const userId = await own.person('member', { [own.workspaceId]: 'member' });
      const config = (await call(key, 'POST', '/configs', { name: 'd', config: { virtual_key: 'x' } })).body;
      await platform().deps.db.query('update workspaces set defaults = $2 where id = $1', [
        own.workspaceId,
        JSON.stringify({ user_api_key_config: config.id }),
      ]);
      const user = (await create({ user_id: userId }, '/api-keys/workspace/user', key)).body;
      const plain = (await create({}, undefined, key)).body;
      expect((await call(key, 'GET', `/api-keys/${user.id}`)).body.defaults.config_id).toBe(config.slug);
      expect((await call(key, 'GET', `/api-keys/${plain.id}`)).body.defaults.config_id).toBeNull();
    });

    test('metadata is measured by the schema of the organisation, when a key is made and when it is changed', async () => {
      const { id } = (await create()).body;
      await settings({ apiKeyMetadataSchema: { type: 'object', required: ['team'] } });
      try {
        expect(await create({ defaults: { metadata: { x: 'y' } } })).toMatchObject({
          status: 400,
          body: { error: { param: 'defaults.metadata' } },
        });
        expect((await create()).status).toBe(400);
        expect((await create({ defaults: { metadata: { team: 'y' } } })).status).toBe(200);
        expect((await call(service, 'PUT', `/api-keys/${id}`, { defaults: { metadata: {} } })).status).toBe(400);
      } finally {
        await settings({});
      }
    });

    test('what is inside a field is read strictly: the path and the nearest name are told', async () => {
      const refused = await create({
        defaults: { metdata: {} },
        usage_limits: { credit_limits: 5 },
        rotation_policy: { rotation_period: 'daily' },
        expires_at: 'tomorrow',
      });
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^defaults\.metdata: .*"metadata"/),
          expect.stringMatching(/^usage_limits.*credit_limits: .*"credit_limit"/),
          expect.stringMatching(/^rotation_policy\.rotation_period: .*weekly/),
          expect.stringMatching(/^expires_at: /),
        ]),
      );
      const past = await create({ expires_at: '2020-01-01T00:00:00Z' });
      expect(past).toMatchObject({ status: 400, body: { error: { param: 'expires_at' } } });
    });

    test('a change keeps what is absent, clears what is null and replaces what is given', async () => {
      const { id } = (
        await create({
          description: 'd',
          usage_limits: { credit_limit: 5 },
          rate_limits: [{ type: 'tokens', unit: 'rpm', value: 9 }],
          alert_emails: ['a@example.com'],
          expires_at: new Date(Date.now() + DAY_MS).toISOString(),
          rotation_policy: { rotation_period: 'weekly' },
          defaults: { metadata: { a: 'b' } },
        })
      ).body;
      const read = async () => (await call(service, 'GET', `/api-keys/${id}`)).body;
      const before = await read();
      expect(before.rotation_policy).toEqual({
        rotation_period: 'weekly',
        next_rotation_at: expect.stringMatching(/T00:00:00\.000Z$/),
        key_transition_period_ms: 1_800_000,
        status: 'ACTIVE',
      });
      expect((await call(service, 'PUT', `/api-keys/${id}`, {})).body).toEqual({});
      expect(await read()).toEqual({ ...before, last_updated_at: expect.any(String) });
      const cleared = {
        description: null,
        usage_limits: null,
        rate_limits: null,
        alert_emails: null,
        expires_at: null,
        rotation_policy: null,
        defaults: null,
      };
      expect((await call(service, 'PUT', `/api-keys/${id}`, cleared)).status).toBe(200);
      expect(await read()).toMatchObject({
        description: null,
        usage_limits: null,
        rate_limits: [],
        alert_emails: [],
        expires_at: null,
        rotation_policy: null,
        defaults: { metadata: {} },
      });
      await call(service, 'PUT', `/api-keys/${id}`, { name: 'new', scopes: ['configs.read'] });
      expect(await read()).toMatchObject({ name: 'new', scopes: ['configs.read'] });
    });

    test('reset_usage makes a spent key work again', async () => {
      const { id } = (await create()).body;
      await platform().deps.db.query(`update api_keys set status = 'exhausted' where id = $1`, [id]);
      expect((await call(service, 'GET', `/api-keys/${id}`)).body.status).toBe('exhausted');
      await call(service, 'PUT', `/api-keys/${id}`, { name: 'still spent' });
      expect((await call(service, 'GET', `/api-keys/${id}`)).body.status).toBe('exhausted');
      await call(service, 'PUT', `/api-keys/${id}`, { reset_usage: true });
      expect((await call(service, 'GET', `/api-keys/${id}`)).body).toMatchObject({
        status: 'active',
        last_reset_at: expect.any(String),
      });
    });

    test('a key whose time is over is expired, whether anybody noted it or not', async () => {
      const { id, key } = (await create()).body;
      await platform().deps.db.query(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [
        id,
      ]);
      expect((await call(service, 'GET', `/api-keys/${id}`)).body.status).toBe('expired');
      expect(await call(key, 'GET', '/api-keys/self')).toMatchObject({
        status: 401,
        body: { error: { code: 'AB05' } },
      });
    });

    test('a deleted key is gone for good', async () => {
      const { id, key } = (await create()).body;
      expect(await call(service, 'DELETE', `/api-keys/${id}`, { id })).toMatchObject({ status: 200, body: {} });
      expect((await call(key, 'GET', '/api-keys/self')).status).toBe(401);
      for (const [method, body] of [
        ['GET', undefined],
        ['PUT', {}],
        ['DELETE', undefined],
      ] as const) {
        expect((await call(service, method, `/api-keys/${id}`, body)).status).toBe(404);
      }
    });

    test('a rotation gives a second secret beside the first, and refuses a third', async () => {
      const { id, key } = (await create({ scopes: ['configs.list'] })).body;
      const tooShort = await call(service, 'POST', `/api-keys/${id}/rotate`, { key_transition_period_ms: 1_000 });
      expect(tooShort).toMatchObject({ status: 400, body: { error: { param: 'key_transition_period_ms' } } });
      const rotated = await call(service, 'POST', `/api-keys/${id}/rotate`);
      expect(rotated).toMatchObject({
        status: 200,
        body: { id, key_transition_expires_at: expect.stringMatching(/Z$/) },
      });
      expect(rotated.body.key).not.toBe(key);
      for (const each of [key, rotated.body.key]) expect((await call(each, 'GET', '/configs')).status).toBe(200);
      expect((await call(service, 'POST', `/api-keys/${id}/rotate`, {})).status).toBe(409);
      const { body } = await call(service, 'GET', `/api-keys/${id}`);
      expect(body.key.slice(0, 11)).toBe(rotated.body.key.slice(0, 11));
      await platform().deps.db.query(
        `update api_key_secrets set ends_at = now() - interval '1 second' where api_key_id = $1 and ends_at is not null`,
        [id],
      );
      expect((await call(key, 'GET', '/configs')).status).toBe(401);
      expect((await call(rotated.body.key, 'GET', '/configs')).status).toBe(200);
      const [row] = await platform().deps.db.query(
        `select after from audit_log where organization_id = $1 and action = 'rotate' and resource_id = $2`,
        [tenant.organizationId, id],
      );
      expect(row?.after).toEqual({
        api_key_id: id,
        rotation_mode: 'manual',
        old_key_masked: expect.stringContaining('********'),
        transition_expires_at: rotated.body.key_transition_expires_at,
      });
    });

    test('two rotations at once: one of them wins', async () => {
      const { id } = (await create()).body;
      const answers = await Promise.all([1, 2, 3].map(() => call(service, 'POST', `/api-keys/${id}/rotate`, {})));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    });

    test('lists show a page, a total, one workspace, or the keys that are named', async () => {
      const own = await platform().tenant();
      const key = await own.key('organisation-service');
      const ids: string[] = [];
      for (const name of ['a', 'b', 'c']) {
        ids.push((await create({ name, workspace_id: own.workspaceId }, undefined, key)).body.id);
      }
      const namesOf = (body: { data: { name: string }[] }) => body.data.map(({ name }) => name);
      const all = (await call(key, 'GET', '/api-keys?')).body;
      expect(all).toMatchObject({ object: 'list', total: 4 });
      expect(namesOf(all).sort()).toEqual(['a', 'a key of a test', 'b', 'c']);
      const inWorkspace = (await call(key, 'GET', `/api-keys?workspace_id=${own.workspaceSlug}`)).body;
      expect(namesOf(inWorkspace)).toEqual(['c', 'b', 'a']);
      const second = (await call(key, 'GET', `/api-keys?workspace_id=${own.workspaceId}&page_size=2&current_page=1`))
        .body;
      expect(second.total).toBe(3);
      expect(namesOf(second)).toEqual(['a']);
      const named = (await call(key, 'GET', `/api-keys?ids=${ids[0]},${ids[2]},nothing`)).body;
      expect(named.total).toBe(2);
    });

    test('a key sees the keys of its own workspace, of the types that it may list', async () => {
      const userId = await tenant.person('owner');
      await create({ name: 'of a user', user_id: userId }, '/api-keys/workspace/user');
      const users = await tenant.key('workspace-service', { scopes: ['workspace_user_api_keys.list'] });
      const types = (await call(users, 'GET', '/api-keys?page_size=1000')).body.data.map(
        ({ type }: { type: string }) => type,
      );
      expect(new Set(types)).toEqual(new Set(['workspace-user']));
      const all = (await call(service, 'GET', '/api-keys?page_size=1000')).body.data;
      expect(all.filter(({ type }: { type: string }) => type === 'organisation-service')).toEqual([]);
    });

    test('no other organisation learns that a key exists, and no other workspace', async () => {
      const { id } = (await create()).body;
      const stranger = await platform().tenant();
      for (const key of [await stranger.key(), await stranger.key('organisation-service')]) {
        for (const [method, path] of [
          ['GET', `/api-keys/${id}`],
          ['PUT', `/api-keys/${id}`],
          ['DELETE', `/api-keys/${id}`],
          ['POST', `/api-keys/${id}/rotate`],
        ] as const) {
          expect((await call(key, method, path, method === 'GET' ? undefined : {})).status, path).toBe(404);
        }
        expect((await call(key, 'GET', `/api-keys?ids=${id}`)).body.total).toBe(0);
      }
      const foreign = await create({ workspace_id: tenant.workspaceId }, undefined, await stranger.key());
      expect(foreign).toMatchObject({ status: 403, body: { data: { errorCode: 'AB03' } } });
    });

    test('a key can tell which one it is, whatever it may do', async () => {
      const { id, key } = (await create({ name: 'self', scopes: ['logs.view'] })).body;
      expect(await call(key, 'GET', '/api-keys/self')).toMatchObject({ status: 200, body: { id, name: 'self' } });
      expect((await call('pk-nobody', 'GET', '/api-keys/self')).status).toBe(401);
    });

    test('a key that another instance made under a newer pepper is known here at once', async () => {
      const key = createApiKey();
      const [older, newer] = ['older', 'newer'].map((id) => ({ id, secret: createHash('sha256').update(id).digest() }));
      if (older === undefined || newer === undefined) throw new Error('There are two peppers.');
      const id = platform().deps.newId();
      await platform().deps.db.transaction((tx) =>
        issueApiKey(tx, newer, { ...tenant, id, key, type: 'workspace-service', name: 'elsewhere', by: 'test' }),
      );
      const asked: (string | undefined)[] = [];
      const vault = {
        peppers: async (knownAs?: string) => {
          asked.push(knownAs);
          return knownAs === undefined ? { current: older, previous: null } : { current: newer, previous: older };
        },
      };
      const caller = await callerOfKey(platform().deps.db, key, vault, Date.now());
      expect(caller.actor).toEqual({ type: 'api_key', id });
      expect(asked).toEqual([undefined, 'newer']);
    });

    test('gateways hear of every change, each with a higher generation', async () => {
      const { id } = (await create()).body;
      const generation = async () =>
        (await platform().deps.db.query('select generation from api_keys where id = $1', [id]))[0]?.generation;
      const seen = [await generation()];
      for (const [method, path, body] of [
        ['PUT', `/api-keys/${id}`, { scopes: scopesFor('workspace-service') }],
        ['POST', `/api-keys/${id}/rotate`, {}],
        ['DELETE', `/api-keys/${id}`, {}],
      ] as const) {
        const answer = await call(service, method, path, body);
        expect(answer.headers['x-portolan-revision'], path).toMatch(/^\d+$/);
        seen.push(await generation());
      }
      expect(seen).toEqual([1n, 2n, 3n, 4n]);
    });
  });
};

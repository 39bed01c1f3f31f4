import { generateKeyPairSync } from 'node:crypto';
import { SWITCHES } from '@portolan/access-control';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

const SETTINGS = '/admin/organisation/settings';
const guardrail = {
  name: 'g',
  checks: [{ id: 'default.wordCount', parameters: { minWords: 1, maxWords: 9 } }],
  actions: { deny: false, async: false },
};

/** What the routes for the organization's own settings promise, over any database. */
export const organisationConformance = (platform: () => TestPlatform): void => {
  describe('organisation settings', () => {
    let tenant: Tenant;
    let admin: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      admin = await tenant.key('organisation-service');
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const put = (body: object, key = admin) => call(key, 'PUT', SETTINGS, body);
    const changedSince = async (revision: unknown) => {
      const rows = await platform().deps.db.query('select kind, entity_id from changes where revision = $1', [
        BigInt(String(revision)),
      ]);
      return rows.map(({ kind, entity_id }) => `${kind} ${entity_id}`).toSorted();
    };

    test('every switch is told with the value that holds, and null takes one back to its default', async () => {
      const { body } = await call(admin, 'GET', SETTINGS);
      expect(Object.keys(body.switches)).toEqual(Object.keys(SWITCHES));
      expect(body).toMatchObject({
        object: 'organisation-settings',
        id: tenant.organizationId,
        switches: { membersWritePrompts: false, managersViewLogs: true },
        overridable: [],
        request_logging: 'full',
        jwks: null,
      });
      const on = await put({ switches: { membersWritePrompts: true, managersViewLogs: false } });
      expect(on.body.switches).toMatchObject({ membersWritePrompts: true, managersViewLogs: false });
      const back = await put({ switches: { membersWritePrompts: null } });
      expect(back.body.switches).toMatchObject({ membersWritePrompts: false, managersViewLogs: false });
      expect((await put({ switches: null })).body.switches).toEqual(body.switches);
    });

    test('a switch takes effect with the next call', async () => {
      const member = await platform().session(
        tenant,
        await tenant.person('member', { [tenant.workspaceId]: 'member' }),
      );
      const config = { name: 'c', config: { virtual_key: 'm' } };
      expect((await call(member, 'POST', '/configs', config)).status).toBe(403);
      await put({ switches: { membersWriteConfigs: true } });
      expect((await call(member, 'POST', '/configs', config)).status).toBe(200);
      await put({ switches: { membersWriteConfigs: null } });
      expect((await call(member, 'POST', '/configs', config)).status).toBe(403);
    });

    test('gateways are told of the organisation and of its workspaces', async () => {
      const { headers } = await put({ switches: { blockInlineConfigs: true }, request_logging: 'metrics' });
      expect(await changedSince(headers['x-portolan-revision'])).toEqual([
        `organization ${tenant.organizationId}`,
        `workspace ${tenant.workspaceId}`,
      ]);
      await put({ switches: { blockInlineConfigs: null }, request_logging: null });
      expect((await call(admin, 'GET', SETTINGS)).body.request_logging).toBe('full');
    });

    test('what is wrong is named', async () => {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
      const jwk = publicKey.export({ format: 'jwk' });
      for (const [body, param] of [
        [{ switches: { membersWritePromts: true } }, 'switches.membersWritePromts'],
        [{ switches: { membersWritePrompts: 1 } }, 'switches.membersWritePrompts'],
        [{ overridable: ['promts'] }, 'overridable.0'],
        [{ request_logging: 'none' }, 'request_logging'],
        [{ api_key_metadata_schema: { type: 'nothing' } }, 'api_key_metadata_schema'],
        [{ jwks: { keys: [jwk] } }, 'jwks.keys.0'],
        [{ jwks_url: 'http://idp.example.com/keys' }, 'jwks_url'],
        [{ jwks_url: 'https://169.254.169.254/keys' }, 'jwks_url'],
        [{ jwks_url: 'https://db.internal/keys' }, 'jwks_url'],
      ] as const) {
        expect(await put(body), param).toMatchObject({ status: 400, body: { error: { param } } });
      }
      const given = { jwks: { keys: [{ ...jwk, kid: 'k1' }] }, jwks_url: 'https://idp.example.com/keys' };
      expect((await put(given)).body).toMatchObject(given);
      expect((await put({ jwks: null, jwks_url: null })).body).toMatchObject({ jwks: null, jwks_url: null });
    });

    test('guardrails of the organisation become defaults, by slug or id', async () => {
      const { organizationId } = tenant;
      const made = await call(admin, 'POST', '/guardrails', { ...guardrail, organisation_id: organizationId });
      const { id, slug } = made.body;
      const path = '/admin/organisation/defaults';
      const set = await call(admin, 'PUT', path, { input_guardrails: [id, slug] });
      expect(set.body).toEqual({
        object: 'organisation-defaults',
        input_guardrails: [{ id, slug }],
        output_guardrails: [],
      });
      expect((await call(admin, 'GET', path)).body).toEqual(set.body);
      expect((await call(admin, 'DELETE', `/guardrails/${slug}`)).status).toBe(409);
      const own = await call(admin, 'POST', '/guardrails', { ...guardrail, workspace_id: tenant.workspaceId });
      const refused = await call(admin, 'PUT', path, { output_guardrails: [own.body.slug] });
      expect(refused).toMatchObject({ status: 400, body: { error: { param: 'output_guardrails.0' } } });
      expect((await call(admin, 'PUT', path, { input_guardrails: null })).body.input_guardrails).toEqual([]);
      const workspace = await call(admin, 'PUT', `/admin/workspaces/${tenant.workspaceId}`, {
        defaults: { input_guardrails: [own.body.id], output_guardrails: [slug] },
      });
      expect(workspace.body.defaults).toMatchObject({ input_guardrails: [own.body.slug], output_guardrails: [slug] });
    });

    test('workspaces are excluded from guardrails of the organisation, one kind at a time', async () => {
      const { body: second } = await call(admin, 'POST', '/admin/workspaces', { name: 'second' });
      const path = (kind: string) => `/workspace-exclusions/${kind}-guardrails`;
      const exclude = (body: object) =>
        call(admin, 'PUT', path('input'), { organisation_id: tenant.organizationId, ...body });
      const excluded = async (kind: string) => {
        const { body } = await call(admin, 'GET', path(kind));
        return body.data.map(({ workspace_id }: { workspace_id: string }) => workspace_id).toSorted();
      };
      const first = await exclude({ workspaces: [{ workspace_id: tenant.workspaceSlug, excluded: true }] });
      expect(await changedSince(first.headers['x-portolan-revision'])).toEqual([`workspace ${tenant.workspaceId}`]);
      await exclude({ workspaces: [{ workspace_id: second.id, excluded: true }] });
      expect(await excluded('input')).toEqual([tenant.workspaceId, second.id].toSorted());
      expect(await excluded('output')).toEqual([]);
      await exclude({ workspaces: [{ workspace_id: second.slug, excluded: true }], override_existing: true });
      expect(await excluded('input')).toEqual([second.id]);
      expect((await exclude({ workspaces: [{ workspace_id: 'ws-none-000000', excluded: true }] })).status).toBe(400);
      expect((await exclude({ organisation_id: 'other', workspaces: [] })).status).toBe(403);
      await exclude({ workspaces: [], override_existing: true });
      expect(await excluded('input')).toEqual([]);
    });

    test('a workspace sets for itself what the organisation lets it, and nothing else', async () => {
      const path = `/admin/workspaces/${tenant.workspaceSlug}/settings`;
      const own = { switches: { membersWritePrompts: true } };
      const refused = await call(admin, 'PUT', path, { ...own, request_logging: 'metrics' });
      expect(refused.body.errors).toEqual([
        expect.stringContaining('switches.membersWritePrompts'),
        expect.stringContaining('request_logging'),
      ]);
      await put({ overridable: ['prompts', 'request_logging'] });
      const set = await call(admin, 'PUT', path, { ...own, request_logging: 'metrics' });
      expect(set.body).toMatchObject({
        object: 'workspace-settings',
        switches: { membersWritePrompts: true },
        request_logging: 'metrics',
        effective: { switches: { membersWritePrompts: true, managersViewLogs: true }, request_logging: 'metrics' },
      });
      await put({ overridable: ['prompts'] });
      expect((await call(admin, 'GET', path)).body.effective.request_logging).toBe('full');
      await put({ overridable: null });
    });

    test('admins of a workspace change its settings, and managers what is logged where they are let', async () => {
      const path = `/admin/workspaces/${tenant.workspaceSlug}/settings`;
      const as = async (role: 'admin' | 'manager' | 'member') =>
        platform().session(tenant, await tenant.person('member', { [tenant.workspaceId]: role }));
      const [workspaceAdmin, manager, member] = await Promise.all([as('admin'), as('manager'), as('member')]);
      const switches = { membersWritePrompts: true };
      await put({ overridable: ['prompts', 'request_logging'], switches: { managersManageWorkspaceLimits: true } });
      expect((await call(workspaceAdmin, 'PUT', path, { switches })).status).toBe(200);
      expect((await call(manager, 'PUT', path, { switches })).status).toBe(403);
      expect((await call(manager, 'PUT', path, { request_logging: 'metrics' })).status).toBe(403);
      await put({ switches: { managersManageWorkspaceLimits: null, managersChangeRequestLogging: true } });
      expect((await call(manager, 'PUT', path, { request_logging: 'metrics' })).status).toBe(200);
      expect((await call(manager, 'PUT', path, { request_logging: 'full', switches })).status).toBe(403);
      expect((await call(member, 'PUT', path, { request_logging: 'full' })).status).toBe(403);
      expect((await call(member, 'GET', path)).status).toBe(200);
      await put({ overridable: null, switches: null });
    });
  });
};

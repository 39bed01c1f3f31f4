import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Passwords } from '../access/passwords.ts';
import { digestToken } from '../access/session-token.ts';
import { workspaceReader } from '../snapshot/workspaces.ts';
import type { Tenant, TestPlatform } from '../testing/platform.ts';

const SECRET = 'sk-of-a-side-door-0123456789';
const PASSWORD = 'a long enough password';

/** Ways round the rules that were found by looking for them, each closed. */
export const sideDoorsConformance = (platform: () => TestPlatform): void => {
  describe('side doors', () => {
    let tenant: Tenant;
    let admin: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      admin = await tenant.key('organisation-service');
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const invite = async (by: string, body: object = {}) => {
      const email = `${randomUUID()}@example.com`;
      const answer = await call(by, 'POST', '/admin/users/invites', { email, role: 'member', workspaces: [], ...body });
      const token = String(answer.body.invite_link).split('/').at(-1) ?? '';
      return { email, token, id: String(answer.body.id) };
    };
    const accept = (token: string, at = platform()) =>
      at.call('', 'POST', '/auth/invites/accept', { token, password: PASSWORD });

    test('nobody can choose a slug that is the id of something else, and so be found in its place', async () => {
      const key = await tenant.key();
      const id = randomUUID();
      const integration = { name: 'I', ai_provider_id: 'openai', key: SECRET };
      const made = await call(key, 'POST', '/integrations', { ...integration, slug: 'honest' });
      const wrong = { status: 400, body: { error: { param: expect.stringMatching(/slug$/) } } };
      for (const slug of [id, id.toUpperCase()]) {
        expect(await call(key, 'POST', '/integrations', { ...integration, slug })).toMatchObject(wrong);
        expect(await call(key, 'POST', '/integrations', { ...integration, default_provider_slug: slug })).toMatchObject(
          wrong,
        );
        expect(
          await call(key, 'POST', '/virtual-keys', { name: 'V', provider: 'openai', key: SECRET, slug }),
        ).toMatchObject(wrong);
        const provider = { name: 'P', integration_id: made.body.id, slug };
        expect(await call(key, 'POST', '/providers', provider)).toMatchObject(wrong);
      }
    });

    test('new secrets of a key cannot be sent to somebody who may do less than the key', async () => {
      const { body: strong } = await call(admin, 'POST', '/api-keys/workspace/service', {
        name: 'strong',
        scopes: ['configs.list', 'completions.write', 'virtual_keys.create'],
        workspace_id: tenant.workspaceId,
      });
      const weak = await tenant.key('workspace-service', {
        scopes: ['workspace_service_api_keys.update', 'configs.list'],
      });
      const rotation_policy = { rotation_period_days: 1 };
      const path = `/api-keys/${strong.id}`;
      const refused = { status: 403, body: { error: { type: 'permission_denied' } } };
      expect(await call(weak, 'PUT', path, { alert_emails: ['evil@example.com'], rotation_policy })).toMatchObject(
        refused,
      );
      expect(await call(weak, 'PUT', path, { rotation_policy })).toMatchObject(refused);
      expect(await call(admin, 'PUT', path, { rotation_policy })).toMatchObject({ status: 200 });
      expect(await call(weak, 'PUT', path, { alert_emails: ['evil@example.com'] })).toMatchObject(refused);
      expect(await call(weak, 'PUT', path, { name: 'renamed', rotation_policy: null })).toMatchObject({ status: 200 });
    });

    test('whoever loses a role leaves no invites behind that it could not give any more', async () => {
      const [boss, person] = [await tenant.person('owner'), await tenant.person('admin')];
      const session = await platform().session(tenant, person);
      const left = await invite(session, { role: 'admin' });
      const owner = await platform().session(tenant, boss);
      expect(await call(owner, 'PUT', `/admin/users/${person}`, { role: 'member' })).toMatchObject({ status: 200 });
      expect(await accept(left.token)).toMatchObject({ status: 404 });
    });

    test('a manager that leaves a workspace leaves no invites into it behind', async () => {
      const person = await tenant.person('member', { [tenant.workspaceId]: 'manager' });
      const session = await platform().session(tenant, person);
      const left = await invite(session, { workspaces: [{ id: tenant.workspaceId, role: 'admin' }] });
      const member = `/admin/workspaces/${tenant.workspaceId}/users/${person}`;
      expect(await call(admin, 'DELETE', member)).toMatchObject({ status: 200 });
      expect(await accept(left.token)).toMatchObject({ status: 404 });
    });

    test('an account that comes into use while an invite is accepted does not get the password of whoever has the link', async () => {
      const { token, email } = await invite(admin);
      const { db } = platform().deps;
      const id = randomUUID();
      const slow: Passwords = {
        matches: async () => false,
        hash: async () => {
          await db.query(
            'insert into users (id, email, first_name, last_name, oidc_issuer, oidc_subject) values ($1, $2, $3, $3, $4, $1)',
            [id, email, 'Ada', 'https://idp.example'],
          );
          return 'a hash';
        },
      };
      expect(await accept(token, platform().with({ passwords: slow }))).toMatchObject({ status: 409 });
      expect(await db.query('select password_hash from users where id = $1', [id])).toEqual([{ password_hash: null }]);
    });

    test('of one address two invites that are accepted at once make one account', async () => {
      const other = await platform().tenant();
      const email = `${randomUUID()}@example.com`;
      const tokens: string[] = [];
      for (const by of [admin, await other.key('organisation-service')])
        tokens.push((await invite(by, { email })).token);
      const statuses = (await Promise.all(tokens.map((token) => accept(token)))).map(({ status }) => status);
      expect(statuses.toSorted()).toEqual([200, 409]);
    });

    test('what refused calls bring along is not kept without bound', async () => {
      const key = await tenant.key('workspace-service', { scopes: [] });
      const { headers } = await call(key, 'POST', '/configs', { name: 'x'.repeat(500_000) });
      const [row] = await platform().deps.db.query(
        'select octet_length(request_body::text) as size from audit_log where request_id = $1',
        [String(headers['x-portkey-request-id'])],
      );
      expect(Number(row?.size)).toBeLessThan(20_000);
    });

    test('gateways are told when a workspace decides itself whether inline configs are taken', async () => {
      const settings = '/admin/organisation/settings';
      const told = async () => {
        const [entity] = await workspaceReader.load(platform().deps.db, [tenant.workspaceId]);
        return entity?.kind?.$case === 'workspace' ? entity.kind.value.blockInlineConfigs : null;
      };
      const own = (blockInlineConfigs: boolean | null) =>
        call(admin, 'PUT', `/admin/workspaces/${tenant.workspaceId}/settings`, { switches: { blockInlineConfigs } });
      await call(admin, 'PUT', settings, { overridable: ['data_plane'] });
      expect(await told()).toBeUndefined();
      expect(await own(true)).toMatchObject({ status: 200 });
      expect(await told()).toBe(true);
      await call(admin, 'PUT', settings, { switches: { blockInlineConfigs: true } });
      expect(await own(false)).toMatchObject({ status: 200 });
      expect(await told()).toBe(false);
      await own(null);
      await call(admin, 'PUT', settings, { overridable: null, switches: null });
      expect(await told()).toBeUndefined();
    });

    test('a password under a misspelled name stays out of the audit log', async () => {
      const { email, token } = await invite(admin);
      await accept(token);
      const wrong = await call('', 'POST', '/auth/login', { email, password: 'wrong', passwrod: PASSWORD });
      expect(wrong).toMatchObject({ status: 401 });
      const [row] = await platform().deps.db.query('select request_body from audit_log where request_id = $1', [
        String(wrong.headers['x-portkey-request-id']),
      ]);
      expect(row?.request_body).toEqual({ email, password: '********', passwrod: '********' });
    });

    test('metadata that goes with every call has few entries', async () => {
      const many = Object.fromEntries(Array.from({ length: 129 }, (_none, at) => [`name-${at}`, 'x']));
      const key = { name: 'K', scopes: ['configs.list'], workspace_id: tenant.workspaceId };
      const wrong = (param: string) => ({ status: 400, body: { error: { param } } });
      const made = await call(admin, 'POST', '/api-keys/workspace/service', { ...key, defaults: { metadata: many } });
      expect(made).toMatchObject(wrong('defaults.metadata'));
      const workspace = `/admin/workspaces/${tenant.workspaceId}`;
      expect(await call(admin, 'PUT', workspace, { defaults: { metadata: many } })).toMatchObject(
        wrong('defaults.metadata'),
      );
    });

    test('a request that is refused because a slug is taken leaves no credential in the vault', async () => {
      const key = await tenant.key();
      const alive = () => [...platform().vault.stored.values()].filter(({ revoked }) => !revoked).length;
      const integration = { name: 'I', ai_provider_id: 'openai', key: SECRET, slug: 'taken-name' };
      const virtualKey = { name: 'V', provider: 'openai', key: SECRET, slug: 'taken-name' };
      expect(await call(key, 'POST', '/integrations', integration)).toMatchObject({ status: 200 });
      const before = alive();
      expect(await call(key, 'POST', '/integrations', integration)).toMatchObject({ status: 409 });
      expect(await call(key, 'POST', '/virtual-keys', virtualKey)).toMatchObject({ status: 409 });
      const handle = { ...integration, slug: null, default_provider_slug: 'taken-name' };
      expect(await call(key, 'POST', '/integrations', handle)).toMatchObject({ status: 409 });
      expect(alive()).toBe(before);
    });

    test('what the router itself refuses has the form of every refusal', async () => {
      for (const url of ['/v1/configs/%zz', `/v1/configs/${'x'.repeat(600)}`]) {
        const answer = await platform().app.inject({ url, headers: { 'x-portkey-api-key': admin } });
        expect(answer.statusCode).toBeGreaterThanOrEqual(400);
        expect(answer.headers).toMatchObject({ 'x-portkey-trace-id': expect.any(String) });
        expect(answer.json()).toMatchObject({ success: false, error: { type: expect.any(String) } });
      }
    });

    test('a token of an invite stands in no row of the audit log, accepted or not', async () => {
      const { token, id } = await invite(admin);
      await accept(token);
      const rows = await platform().deps.db.query(
        'select count(*) as total from audit_log where organization_id = $1 and concat(uri, request_body, query_params, before, after) like $2',
        [tenant.organizationId, `%${token}%`],
      );
      expect(Number(rows[0]?.total)).toBe(0);
      const stored = await platform().deps.db.query('select token_digest from invites where id = $1', [id]);
      expect(stored[0]?.token_digest).toEqual(Uint8Array.from(digestToken(token)));
    });
  });
};

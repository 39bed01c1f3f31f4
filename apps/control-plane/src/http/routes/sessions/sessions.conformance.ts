import { Secret } from '@portolan/service-kit';
import { beforeAll, describe, expect, test } from 'vitest';
import { createFirstOwner } from '../../../setup/create-first-owner.ts';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

const PASSWORD = 'a long enough password';
const COOKIE = /^__Host-portolan_session=([\w-]{43}); Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/;

/** What signing in promises, over any database. */
export const sessionsConformance = (platform: () => TestPlatform): void => {
  describe('signing in', () => {
    let tenant: Tenant;
    let email: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      email = `owner-${tenant.organizationId}@example.com`;
      const owner = { organizationId: tenant.organizationId, email, password: new Secret(PASSWORD) };
      expect(await createFirstOwner(platform().deps, owner)).toBe(true);
      expect(await createFirstOwner(platform().deps, { ...owner, email: 'other@example.com' })).toBe(false);
    });

    interface Browser {
      readonly cookie?: string;
      readonly csrf?: string;
      readonly origin?: string;
      readonly address?: string;
    }
    const request = async (
      method: 'GET' | 'POST' | 'PUT',
      path: string,
      body: object | undefined,
      browser: Browser = {},
    ) => {
      const answer = await platform().app.inject({
        method,
        url: `/v1${path}`,
        remoteAddress: browser.address ?? '203.0.113.1',
        headers: {
          'content-type': 'application/json',
          ...(browser.cookie === undefined ? {} : { cookie: `other=1; __Host-portolan_session=${browser.cookie}` }),
          ...(browser.csrf === undefined ? {} : { 'x-portolan-csrf': browser.csrf }),
          ...(browser.origin === undefined ? {} : { origin: browser.origin }),
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      const cookie = String(answer.headers['set-cookie'] ?? '');
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: answer.json(),
        cookie,
        token: COOKIE.exec(cookie)?.[1],
      };
    };
    const login = async (given: object = {}, browser: Browser = {}) =>
      request('POST', '/auth/login', { email, password: PASSWORD, ...given }, browser);
    const signIn = async (): Promise<{ cookie: string; csrf: string }> => {
      const { token, body } = await login({}, { address: '203.0.113.200' });
      return { cookie: token ?? '', csrf: body.csrf_token };
    };

    test('an owner signs in with the address in any case, and learns who it is and what it may see', async () => {
      const { status, cookie, token, body } = await login({ email: ` ${email.toUpperCase()}` });
      expect(status).toBe(200);
      expect(cookie).toMatch(COOKIE);
      expect(body).toMatchObject({
        object: 'session',
        user: { email, has_password: true },
        organisation: { id: tenant.organizationId, role: 'owner' },
        workspaces: [{ id: tenant.workspaceId, role: 'admin', is_default: 1 }],
        csrf_token: expect.stringMatching(/^[\w-]{43}$/),
      });
      expect(JSON.stringify(body)).not.toContain(token);
      expect((await request('GET', '/auth/session', undefined, { cookie: token ?? '' })).body).toEqual(body);
    });

    test('the session opens the management API, as the roles of the person allow', async () => {
      const browser = await signIn();
      expect((await request('GET', '/admin/workspaces', undefined, { cookie: browser.cookie })).status).toBe(200);
      const created = await request('POST', '/admin/workspaces', { name: 'By hand' }, browser);
      expect(created.status).toBe(200);
      const rows = await platform().deps.db.query(
        `select actor_type from audit_log where organization_id = $1 and resource_type = 'workspaces'`,
        [tenant.organizationId],
      );
      expect(rows).toEqual([{ actor_type: 'user' }]);
    });

    test('a change needs the token of the page, and a page of ours', async () => {
      const { cookie, csrf } = await signIn();
      const change = (browser: Browser) => request('POST', '/admin/workspaces', { name: 'x' }, { cookie, ...browser });
      for (const wrong of [undefined, '', 'x', csrf.slice(1), `${csrf}x`]) {
        const refused = await change(wrong === undefined ? {} : { csrf: wrong });
        expect(refused, wrong).toMatchObject({ status: 403, body: { error: { param: 'x-portolan-csrf' } } });
      }
      for (const origin of ['https://evil.example', 'null', 'https://portolan.example.evil']) {
        expect(await change({ csrf, origin })).toMatchObject({ status: 403, body: { error: { param: 'origin' } } });
      }
      expect((await change({ csrf, origin: 'https://portolan.example' })).status).toBe(200);
      expect((await login({}, { origin: 'https://evil.example' })).status).toBe(403);
    });

    test('signing in again ends the session that the browser had, and signing out ends the rest', async () => {
      const before = await signIn();
      const { token, body } = await login({}, { cookie: before.cookie });
      expect((await request('GET', '/auth/session', undefined, before)).status).toBe(401);
      const after = { cookie: token ?? '', csrf: body.csrf_token };
      const out = await request('POST', '/auth/logout', {}, after);
      expect(out).toMatchObject({ status: 200, body: {} });
      expect(out.cookie).toMatch(/^__Host-portolan_session=; .*Max-Age=0/);
      expect((await request('GET', '/auth/session', undefined, after)).status).toBe(401);
    });

    test('a session ends with its time, and with the membership of its owner', async () => {
      const { db } = platform().deps;
      const late = await platform().session(tenant, await tenant.person('admin'));
      await db.query(
        `update sessions set expires_at = now() - interval '1 second' where user_id in (select user_id from organization_members where role = 'admin' and organization_id = $1)`,
        [tenant.organizationId],
      );
      expect((await platform().call(late, 'GET', '/admin/workspaces')).status).toBe(401);
      const userId = await tenant.person('admin');
      const gone = await platform().session(tenant, userId);
      expect((await platform().call(gone, 'GET', '/admin/workspaces')).status).toBe(200);
      await db.query('delete from organization_members where user_id = $1', [userId]);
      expect((await platform().call(gone, 'GET', '/admin/workspaces')).status).toBe(401);
    });

    test('a wrong password and an unknown address are refused alike; the audit log has the account, and no password', async () => {
      const wrong = await login({ password: 'not the password' });
      const unknown = await login({ email: 'nobody@example.com' });
      expect([wrong.status, unknown.status]).toEqual([401, 401]);
      expect(wrong.body.data).toEqual(unknown.body.data);
      const rows = await platform().deps.db.query(
        `select request_body, response_status_code from audit_log where organization_id = $1 and resource_type = 'sessions' and response_status_code = 401`,
        [tenant.organizationId],
      );
      expect(rows).toEqual([{ request_body: { email, password: '********' }, response_status_code: 401 }]);
    });

    test('after ten failures an account waits, from wherever it is tried, and other accounts do not', async () => {
      const other = await platform().tenant();
      const account = `second-${other.organizationId}@example.com`;
      const owner = { organizationId: other.organizationId, email: account, password: new Secret(PASSWORD) };
      await createFirstOwner(platform().deps, owner);
      const attempt = (password: string, at: number) =>
        login({ email: account, password }, { address: `198.51.100.${at}` });
      for (let at = 0; at < 10; at += 1) expect((await attempt('wrong', at)).status, String(at)).toBe(401);
      const locked = await attempt(PASSWORD, 99);
      expect(locked).toMatchObject({ status: 429, body: { data: { errorCode: 'AB06' } } });
      const retryAfter = Number(locked.headers['retry-after']);
      expect(retryAfter).toBeGreaterThan(800);
      expect(retryAfter).toBeLessThanOrEqual(900);
      expect((await login()).status).toBe(200);
    });

    test('many attempts at once are not more than many one after the other', async () => {
      const account = `many-${tenant.organizationId}@example.com`;
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => login({ email: account }, { address: '198.51.100.150' })),
      );
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
    });

    test('an address that tries many accounts waits', async () => {
      const statuses = [];
      for (let at = 0; at < 51; at += 1) {
        const address = `2001:db8::${at.toString(16)}`;
        statuses.push((await login({ email: `a${at}@example.com` }, { address })).status);
      }
      expect(statuses.slice(0, 50).every((status) => status === 401)).toBe(true);
      expect(statuses[50]).toBe(429);
    });

    test('who comes in has a clean slate', async () => {
      for (let round = 0; round < 3; round += 1) {
        for (let at = 0; at < 5; at += 1) await login({ password: 'wrong' }, { address: '203.0.113.77' });
        expect((await login({}, { address: '203.0.113.77' })).status).toBe(200);
      }
    });

    test('a changed password ends all other sessions, and only the new one opens', async () => {
      const other = await platform().tenant();
      const account = `third-${other.organizationId}@example.com`;
      await createFirstOwner(platform().deps, {
        organizationId: other.organizationId,
        email: account,
        password: new Secret(PASSWORD),
      });
      const sign = async (password: string) => login({ email: account, password }, { address: '203.0.113.9' });
      const first = await sign(PASSWORD);
      const second = await sign(PASSWORD);
      const browser = { cookie: second.token ?? '', csrf: second.body.csrf_token };
      const change = (body: object) => request('POST', '/auth/password', body, browser);
      expect((await change({ current_password: PASSWORD, new_password: 'short' })).status).toBe(400);
      expect((await change({ current_password: 'wrong', new_password: 'another long password' })).status).toBe(401);
      const changed = await change({ current_password: PASSWORD, new_password: 'another long password' });
      expect(changed.status).toBe(200);
      expect((await request('GET', '/auth/session', undefined, { cookie: first.token ?? '' })).status).toBe(401);
      expect((await request('GET', '/auth/session', undefined, { cookie: second.token ?? '' })).status).toBe(401);
      expect((await request('GET', '/auth/session', undefined, { cookie: changed.token ?? '' })).status).toBe(200);
      expect((await sign(PASSWORD)).status).toBe(401);
      expect((await sign('another long password')).status).toBe(200);
    });

    test('who belongs to two organisations chooses one and can change over', async () => {
      const other = await platform().tenant();
      const { db } = platform().deps;
      const browser = await signIn();
      const { user } = (await request('GET', '/auth/session', undefined, browser)).body;
      await db.query(`insert into organization_members (organization_id, user_id, role) values ($1, $2, 'member')`, [
        other.organizationId,
        user.id,
      ]);
      const over = await request('POST', '/auth/organisation', { organisation_id: other.organizationId }, browser);
      expect(over.body).toMatchObject({ organisation: { id: other.organizationId, role: 'member' }, workspaces: [] });
      expect(over.body.organisations).toHaveLength(2);
      expect((await login({ organisation_id: other.organizationId })).body.organisation.id).toBe(other.organizationId);
      const stranger = (await platform().tenant()).organizationId;
      expect((await login({ organisation_id: stranger })).status).toBe(403);
    });

    test('nothing that opens anything is stored in plain', async () => {
      const { cookie } = await signIn();
      const rows = await platform().deps.db.query(`select encode(token_digest, 'escape') as d from sessions`);
      expect(JSON.stringify(rows)).not.toContain(cookie);
      const users = await platform().deps.db.query('select password_hash from users where lower(email) = $1', [email]);
      expect(users[0]?.password_hash).toMatch(/^\$scrypt\$/);
    });
  });
};

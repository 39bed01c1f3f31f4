import { Secret } from '@portolan/service-kit';
import { beforeAll, describe, expect, test } from 'vitest';
import { createFirstOwner } from '../../../setup/create-first-owner.ts';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

const PASSWORD = 'a long enough password';

/** What the invite routes promise, over any database. */
export const invitesConformance = (platform: () => TestPlatform): void => {
  describe('invites', () => {
    let tenant: Tenant;
    let admin: string;
    let at = 0;
    beforeAll(async () => {
      tenant = await platform().tenant();
      admin = await tenant.key('organisation-service');
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const someone = () => {
      at += 1;
      return `invited-${at}-${tenant.organizationId}@example.com`;
    };
    const invite = async (body: object = {}, key = admin) => {
      const email = someone();
      const answer = await call(key, 'POST', '/admin/users/invites', {
        email,
        role: 'member',
        workspaces: [{ id: tenant.workspaceSlug, role: 'manager' }],
        ...body,
      });
      const token =
        String(answer.body.invite_link ?? '')
          .split('/')
          .at(-1) ?? '';
      return { ...answer, email, token };
    };
    const accept = (token: string, body: object = {}) =>
      call('', 'POST', '/auth/invites/accept', {
        token,
        password: PASSWORD,
        first_name: 'Grace',
        last_name: 'Test',
        ...body,
      });

    test('an invite has a link, is listed and read, and becomes a member with a session when it is accepted', async () => {
      const { body, email, token } = await invite();
      expect(body.invite_link).toMatch(/^https:\/\/portolan\.example\/invite\/[\w-]{43}$/);
      const { body: found } = await call(admin, 'GET', `/admin/users/invites/${body.id}`);
      expect(found).toMatchObject({
        object: 'invite',
        id: body.id,
        email,
        role: 'member',
        status: 'pending',
        accepted_at: null,
        workspaces: [{ workspace_id: tenant.workspaceId, role: 'manager' }],
      });
      expect(Date.parse(found.expires_at) - Date.parse(found.created_at)).toBe(7 * 86_400_000);
      const list = await call(admin, 'GET', `/admin/users/invites?status=pending&email=${email}`);
      expect(list.body).toEqual({ object: 'list', total: 1, data: [found] });
      expect((await call('', 'POST', '/auth/invites/look', { token })).body).toMatchObject({
        email,
        needs: 'new_password',
      });

      const accepted = await accept(token);
      expect(accepted.status).toBe(200);
      expect(accepted.headers['set-cookie']).toMatch(/^__Host-portolan_session=[\w-]{43};/);
      expect(accepted.body).toMatchObject({
        object: 'session',
        user: { email, first_name: 'Grace' },
        organisation: { id: tenant.organizationId, role: 'member' },
        workspaces: [{ id: tenant.workspaceId, role: 'manager' }],
        api_keys: [],
      });
      const after = (await call(admin, 'GET', `/admin/users/invites/${body.id}`)).body;
      expect(after).toMatchObject({ status: 'accepted', accepted_at: expect.stringMatching(/Z$/) });
      expect((await accept(token)).status).toBe(404);
      expect((await call('', 'POST', '/auth/login', { email, password: PASSWORD })).status).toBe(200);
    });

    test('a promised key is shown once, works, and belongs to the new member', async () => {
      const { token } = await invite({
        workspace_api_key_details: { name: 'First key', scopes: ['configs.list', 'completions.write'] },
      });
      const { body } = await accept(token);
      expect(body.api_keys).toEqual([
        { id: expect.any(String), key: expect.any(String), workspace_id: tenant.workspaceId, object: 'api-key' },
      ]);
      const [{ id, key }] = body.api_keys;
      expect((await call(key, 'GET', '/configs')).status).toBe(200);
      expect((await call(admin, 'GET', `/api-keys/${id}`)).body).toMatchObject({
        type: 'workspace-user',
        name: 'First key',
        user_id: body.user.id,
        creation_mode: 'auto',
      });
      const rows = await platform().deps.db.query('select * from audit_log where organization_id = $1', [
        tenant.organizationId,
      ]);
      const text = JSON.stringify(rows, (_name, value) => (typeof value === 'bigint' ? String(value) : value));
      for (const secret of [key, token, PASSWORD]) expect(text).not.toContain(secret);
    });

    test('of two who use a link at once one comes in', async () => {
      const { token } = await invite();
      const answers = await Promise.all([accept(token), accept(token)]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    });

    test('a link is over when it was resent, cancelled or a week has passed', async () => {
      const { body, token } = await invite();
      const resent = await call(admin, 'POST', `/admin/users/invites/${body.id}/resend`);
      expect(resent.body.inviteLink).toBe(resent.body.invite_link);
      expect((await accept(token)).status).toBe(404);
      const next = resent.body.inviteLink.split('/').at(-1);
      expect((await call('', 'POST', '/auth/invites/look', { token: next })).status).toBe(200);
      expect(await call(admin, 'DELETE', `/admin/users/invites/${body.id}`)).toMatchObject({ status: 200, body: {} });
      expect((await accept(next)).status).toBe(404);
      expect((await call(admin, 'POST', `/admin/users/invites/${body.id}/resend`)).status).toBe(409);

      const old = await invite();
      await platform().deps.db.query(`update invites set expires_at = now() - interval '1 second' where id = $1`, [
        old.body.id,
      ]);
      expect((await accept(old.token)).status).toBe(404);
      expect((await call(admin, 'GET', `/admin/users/invites/${old.body.id}`)).body.status).toBe('expired');
      expect((await invite({ email: old.email })).status).toBe(200);
      expect((await accept('x')).status).toBe(404);
    });

    test('who is in already, or has an open invite, is not invited again', async () => {
      const first = await invite();
      expect((await invite({ email: first.email.toUpperCase() })).status).toBe(409);
      await accept(first.token);
      expect((await invite({ email: first.email })).status).toBe(409);
    });

    test('a link never opens an account that is used elsewhere: its own password does', async () => {
      const other = await platform().tenant();
      const email = someone();
      await createFirstOwner(platform().deps, {
        organizationId: other.organizationId,
        email,
        password: new Secret('the password of somebody else'),
      });
      const { token } = await invite({ email });
      expect((await call('', 'POST', '/auth/invites/look', { token })).body.needs).toBe('password');
      expect((await accept(token)).status).toBe(401);
      const accepted = await accept(token, { password: 'the password of somebody else' });
      expect(accepted.body.organisations).toHaveLength(2);
      expect((await call('', 'POST', '/auth/login', { email, password: PASSWORD })).status).toBe(401);
    });

    test('who left can be invited again and chooses a new password', async () => {
      const { email, token } = await invite();
      const { body } = await accept(token);
      await call(admin, 'DELETE', `/admin/users/${body.user.id}`);
      expect((await call('', 'POST', '/auth/login', { email, password: PASSWORD })).status).toBe(401);
      const again = await invite({ email });
      expect((await accept(again.token, { password: 'quite another password' })).body.user.id).toBe(body.user.id);
    });

    test('nobody gives a role above its own, or a key that may do more', async () => {
      const manager = await platform().session(
        tenant,
        await tenant.person('member', { [tenant.workspaceId]: 'manager' }),
      );
      expect((await invite({}, manager)).status).toBe(200);
      expect((await invite({ role: 'admin' }, manager)).status).toBe(403);
      expect((await invite({ workspaces: [] }, manager)).status).toBe(403);
      const { body: second } = await call(admin, 'POST', '/admin/workspaces', { name: 'second' });
      expect((await invite({ workspaces: [{ id: second.slug, role: 'member' }] }, manager)).status).toBe(403);
      const beyond = { scopes: ['workspaces.update'] };
      expect((await invite({ workspace_api_key_details: beyond }, manager)).status).toBe(403);
      expect((await invite({ role: 'owner' })).status).toBe(403);
      const member = await platform().session(
        tenant,
        await tenant.person('member', { [tenant.workspaceId]: 'member' }),
      );
      expect((await invite({}, member)).status).toBe(403);
    });

    test('wrong fields are named', async () => {
      for (const [body, param] of [
        [{ email: 'nobody' }, 'email'],
        [{ role: 'king' }, 'role'],
        [{ workspaces: [{ id: 'ws-none-000000', role: 'member' }] }, 'workspaces.0.id'],
        [{ workspaces: [{ id: 'x', rol: 'member' }] }, 'workspaces.0.role'],
        [{ workspace_api_key_details: { scopes: ['configs.lst'] } }, 'scopes'],
        [{ workspace_api_key_details: { scopes: ['configs.list'], expiry: '2001-01-01T00:00:00Z' } }, 'expires_at'],
      ] as const) {
        expect(await invite(body), param).toMatchObject({ status: 400, body: { error: { param } } });
      }
      const { token } = await invite();
      expect(await accept(token, { password: 'short' })).toMatchObject({
        status: 400,
        body: { error: { param: 'password' } },
      });
    });
  });
};

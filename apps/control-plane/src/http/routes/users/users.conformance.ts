import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

/** What the routes for the people of an organization promise, over any database. */
export const usersConformance = (platform: () => TestPlatform): void => {
  describe('users', () => {
    let tenant: Tenant;
    let admin: string;
    let ownerId: string;
    let owner: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      admin = await tenant.key('organisation-service');
      ownerId = await tenant.person('owner');
      owner = await platform().session(tenant, ownerId);
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const roleOf = async (id: string) => (await call(admin, 'GET', `/admin/users/${id}`)).body.role;

    test('people are listed by role and address, and read with their workspaces', async () => {
      const id = await tenant.person('member', { [tenant.workspaceId]: 'manager' });
      const { body } = await call(admin, 'GET', `/admin/users/${id}`);
      expect(body).toMatchObject({
        object: 'user',
        id,
        first_name: 'Ada',
        role: 'member',
        email: `${id}@example.com`,
        workspace_ids: [tenant.workspaceId],
      });
      const found = await call(admin, 'GET', `/admin/users?pageSize=10&currentPage=0&role=member&email=${body.email}`);
      expect(found.body).toEqual({ object: 'list', total: 1, data: [body] });
      expect((await call(admin, 'GET', '/admin/users?role=king')).status).toBe(400);
    });

    test('a role is changed, but not to itself', async () => {
      const id = await tenant.person('member');
      expect(await call(admin, 'PUT', `/admin/users/${id}`, { role: 'admin' })).toMatchObject({
        status: 200,
        body: {},
      });
      expect(await roleOf(id)).toBe('admin');
      expect((await call(admin, 'PUT', `/admin/users/${id}`, { role: 'admin' })).status).toBe(400);
    });

    test('only owners make and unmake owners; an admin key counts as an admin', async () => {
      const id = await tenant.person('admin');
      expect((await call(admin, 'PUT', `/admin/users/${id}`, { role: 'owner' })).status).toBe(403);
      expect((await call(owner, 'PUT', `/admin/users/${id}`, { role: 'owner' })).status).toBe(200);
      expect((await call(admin, 'PUT', `/admin/users/${id}`, { role: 'member' })).status).toBe(403);
      expect((await call(admin, 'DELETE', `/admin/users/${id}`)).status).toBe(403);
      expect((await call(owner, 'PUT', `/admin/users/${id}`, { role: 'member' })).status).toBe(200);
    });

    test('the last owner can neither leave nor step down, also when two try at once', async () => {
      const other = await platform().tenant();
      const ids = [await other.person('owner'), await other.person('owner')];
      const sessions = await Promise.all(ids.map((id) => platform().session(other, id)));
      const answers = await Promise.all(
        ids.map((id, at) => call(sessions[at] ?? '', 'PUT', `/admin/users/${id}`, { role: 'admin' })),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      const left = ids[answers.findIndex(({ status }) => status === 409)] ?? '';
      const session = await platform().session(other, left);
      expect(await call(session, 'DELETE', `/admin/users/${left}`)).toMatchObject({
        status: 409,
        body: { data: { errorCode: 'AB07' } },
      });
    });

    test('who leaves loses memberships, sessions and user keys, and only those', async () => {
      const id = await tenant.person('member', { [tenant.workspaceId]: 'admin' });
      const stays = await tenant.person('member', { [tenant.workspaceId]: 'admin' });
      const key = await tenant.key('workspace-user', { userId: id });
      const other = await tenant.key('workspace-user', { userId: stays });
      const session = await platform().session(tenant, id);
      const removed = await call(admin, 'DELETE', `/admin/users/${id}`);
      expect(removed).toMatchObject({ status: 200, body: {} });
      expect(removed.headers['x-portolan-revision']).toBeDefined();
      expect((await call(admin, 'GET', `/admin/users/${id}`)).status).toBe(404);
      expect((await call(key, 'GET', '/configs')).status).toBe(401);
      expect((await call(session, 'GET', '/configs')).status).toBe(401);
      expect((await call(other, 'GET', '/configs')).status).toBe(200);
      const rows = await platform().deps.db.query('select 1 from workspace_members where user_id = $1', [id]);
      expect(rows).toEqual([]);
    });

    test('an admin who becomes a member loses the keys for workspaces that it is no member of', async () => {
      const { body: second } = await call(admin, 'POST', '/admin/workspaces', { name: 'second' });
      const userId = await tenant.person('admin', { [tenant.workspaceId]: 'member' });
      const kept = await tenant.key('workspace-user', { userId });
      const lost = await tenant.key('workspace-user', { userId, workspaceId: second.id });
      await call(admin, 'PUT', `/admin/users/${userId}`, { role: 'member' });
      expect((await call(kept, 'GET', '/configs')).status).toBe(200);
      expect((await call(lost, 'GET', '/configs')).status).toBe(401);
    });

    test('members see nobody of the organisation, and strangers do not even learn who is in it', async () => {
      const member = await platform().session(tenant, await tenant.person('member'));
      expect((await call(member, 'GET', '/admin/users')).status).toBe(403);
      const stranger = await (await platform().tenant()).key('organisation-service');
      expect((await call(stranger, 'GET', `/admin/users/${ownerId}`)).status).toBe(404);
    });
  });
};

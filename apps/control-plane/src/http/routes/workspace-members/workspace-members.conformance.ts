import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

/** What the routes for members of workspaces promise, over any database. */
export const workspaceMembersConformance = (platform: () => TestPlatform): void => {
  describe('workspace members', () => {
    let tenant: Tenant;
    let admin: string;
    let path: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      admin = await tenant.key('organisation-service');
      path = `/admin/workspaces/${tenant.workspaceSlug}/users`;
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);

    test('people of the organisation become members, get another role, and leave', async () => {
      const id = await tenant.person('member');
      expect(await call(admin, 'POST', path, { users: [{ id, role: 'ws-manager' }] })).toMatchObject({
        status: 200,
        body: {},
      });
      const { body } = await call(admin, 'GET', `${path}/${id}`);
      expect(body).toMatchObject({
        object: 'workspace-user',
        id,
        role: 'manager',
        org_role: 'member',
        status: 'active',
        workspace_id: tenant.workspaceId,
        settings: {},
      });
      expect(body.scopes).toEqual(expect.arrayContaining(['configs.create', 'completions.write']));
      expect(body.scopes).not.toContain('workspaces.update');
      expect((await call(admin, 'PUT', `${path}/${id}`, { role: 'member' })).body).toEqual({});
      const list = await call(admin, 'GET', `${path}?role=member&email=${id}@EXAMPLE.com&workspaceId=x`);
      expect(list.body).toMatchObject({ object: 'list', total: 1, data: [{ id, role: 'member' }] });
      expect((await call(admin, 'DELETE', `${path}/${id}`)).body).toEqual({});
      expect((await call(admin, 'GET', `${path}/${id}`)).status).toBe(404);
    });

    test('who is not in the organisation cannot be a member, and a wrong role is refused', async () => {
      const stranger = await (await platform().tenant()).person('owner');
      const refused = await call(admin, 'POST', path, { users: [{ id: stranger, role: 'admin' }] });
      expect(refused).toMatchObject({ status: 400, body: { error: { param: 'users.0' } } });
      expect((await call(admin, 'POST', path, { users: [{ id: stranger, role: 'owner' }] })).status).toBe(400);
    });

    test('adding twice does nothing; adding with another role is a conflict', async () => {
      const id = await tenant.person('member', { [tenant.workspaceId]: 'member' });
      expect((await call(admin, 'POST', path, { users: [{ id, role: 'member' }] })).status).toBe(200);
      expect((await call(admin, 'POST', path, { users: [{ id, role: 'admin' }] })).status).toBe(409);
    });

    test('who leaves a workspace loses the user keys there, and no others', async () => {
      const { body: second } = await call(admin, 'POST', '/admin/workspaces', { name: 'second' });
      const roles = { [tenant.workspaceId]: 'member', [second.id]: 'member' } as const;
      const userId = await tenant.person('member', roles);
      const here = await tenant.key('workspace-user', { userId });
      const there = await tenant.key('workspace-user', { userId, workspaceId: second.id });
      const removed = await call(admin, 'DELETE', `${path}/${userId}`);
      expect(removed.headers['x-portolan-revision']).toBeDefined();
      expect((await call(here, 'GET', '/configs')).status).toBe(401);
      expect((await call(there, 'GET', '/configs')).status).toBe(200);
    });

    test('a key reaches the members of its own workspace only', async () => {
      const { body: other } = await call(admin, 'POST', '/admin/workspaces', { name: 'other' });
      const key = await tenant.key();
      expect((await call(key, 'GET', path)).status).toBe(200);
      expect((await call(key, 'GET', `/admin/workspaces/${other.slug}/users`)).status).toBe(403);
    });
  });
};

import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';
import { addWorkspace } from '../../../testing/workspace.ts';

/** What the routes of labels promise. */
export const labelsConformance = (platform: () => TestPlatform): void => {
  describe('labels', () => {
    let tenant: Tenant;
    let key: string;
    let admin: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
      admin = await tenant.key('organisation-service');
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const create = async (name: string, by = key) => (await call(by, 'POST', '/labels', { name })).body;

    test('a label is created, read, changed and deleted', async () => {
      const { body } = await call(key, 'POST', '/labels', { name: 'canary', description: 'few', color_code: '#fa0' });
      expect(body).toMatchObject({ id: expect.any(String) });
      const read = await call(key, 'GET', `/labels/${body.id}`);
      expect(read.body).toMatchObject({
        id: body.id,
        name: 'canary',
        description: 'few',
        color_code: '#fa0',
        organisation_id: tenant.organizationId,
        workspace_id: tenant.workspaceId,
        is_universal: false,
        status: 'active',
        created_at: expect.stringMatching(/Z$/),
        last_updated_at: expect.stringMatching(/Z$/),
      });
      expect((await call(key, 'PUT', `/labels/${body.id}`, { description: null })).body).toEqual({});
      expect((await call(key, 'GET', `/labels/${body.id}`)).body).toMatchObject({
        description: null,
        color_code: '#fa0',
      });
      expect((await call(key, 'DELETE', `/labels/${body.id}`)).body).toEqual({});
      expect((await call(key, 'GET', `/labels/${body.id}`)).status).toBe(404);
      expect((await create('canary')).id).not.toBe(body.id);
    });

    test('the universal labels are there, and stay', async () => {
      const { body } = await call(key, 'GET', '/labels?page_size=3');
      expect(body.data.map(({ name }: { name: string }) => name).toSorted()).toEqual([
        'development',
        'production',
        'staging',
      ]);
      for (const { id } of body.data) {
        expect((await call(key, 'GET', `/labels/${id}`)).body.is_universal).toBe(true);
        expect((await call(admin, 'DELETE', `/labels/${id}`)).status).toBe(403);
        expect((await call(admin, 'PUT', `/labels/${id}`, { name: 'other' })).status).toBe(403);
        expect((await call(key, 'PUT', `/labels/${id}`, { description: 'x' })).status).toBe(404);
      }
    });

    test.each(['latest', 'default', '12', 'a b', 'a@b', ''])('%o is no name of a label', async (name) => {
      expect(await call(key, 'POST', '/labels', { name })).toMatchObject({
        status: 400,
        body: { error: { param: 'name' } },
      });
    });

    test('a name means one thing in a workspace', async () => {
      await create('once');
      const again = await call(key, 'POST', '/labels', { name: 'once' });
      expect(again).toMatchObject({ status: 409, body: { data: { errorCode: 'AB07' }, error: { param: 'name' } } });
      expect((await call(key, 'POST', '/labels', { name: 'production' })).status).toBe(409);
      expect(
        (await call(admin, 'POST', '/labels', { name: 'once', organization_id: tenant.organizationId })).status,
      ).toBe(409);
      const { id } = await create('twice');
      expect((await call(key, 'PUT', `/labels/${id}`, { name: 'once' })).status).toBe(409);
      const elsewhere = await addWorkspace(platform(), tenant);
      expect((await call(admin, 'POST', '/labels', { name: 'once', workspace_id: elsewhere })).status).toBe(200);
    });

    test('of two who want the same name at the same time one gets it', async () => {
      const answers = await Promise.all(['racy', 'racy', 'racy'].map((name) => call(key, 'POST', '/labels', { name })));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    });

    test('a label that is deleted while it is put on a version is on none afterwards', async () => {
      const made = (await call(key, 'POST', '/prompts', { name: 'p', string: 'x', parameters: {} })).body;
      for (let round = 0; round < 4; round += 1) {
        const { id } = await create(`racy-${round}`);
        const [removed, moved] = await Promise.all([
          call(key, 'DELETE', `/labels/${id}`),
          call(key, 'PUT', `/prompts/${made.slug}/versions/${made.version_id}`, { label_id: id }),
        ]);
        expect(removed.status).toBe(200);
        expect([200, 404]).toContain(moved.status);
        const left = await platform().deps.db.query('select 1 from prompt_version_labels where label_id = $1', [id]);
        expect(left).toEqual([]);
      }
    });

    test('a label of the organization is for every workspace to use, and for the organization to change', async () => {
      const { id } = await create('everywhere', admin);
      expect((await call(key, 'GET', `/labels/${id}`)).body).toMatchObject({ workspace_id: null });
      expect((await call(key, 'GET', '/labels?search=everywh')).body.total).toBe(1);
      expect((await call(key, 'DELETE', `/labels/${id}`)).status).toBe(404);
      expect((await call(admin, 'DELETE', `/labels/${id}`)).status).toBe(200);
      const foreign = (await platform().tenant()).organizationId;
      expect((await call(admin, 'POST', '/labels', { name: 'x', organisation_id: foreign })).status).toBe(403);
    });

    test('renaming and deleting reach every prompt that carries the label', async () => {
      const { id } = await create('renamed');
      const made = (await call(key, 'POST', '/prompts', { name: 'p', string: 'x', parameters: {} })).body;
      await call(key, 'PUT', `/prompts/${made.slug}/versions/${made.version_id}`, { label_id: id });
      const generation = async () =>
        Number(
          (await platform().deps.db.query('select generation from prompts where id = $1', [made.id]))[0]?.generation,
        );
      const before = await generation();
      const described = await call(key, 'PUT', `/labels/${id}`, { description: 'x' });
      expect(described.headers['x-portolan-revision']).toBeUndefined();
      const renamed = await call(key, 'PUT', `/labels/${id}`, { name: 'anew' });
      expect(renamed.headers['x-portolan-revision']).toBeDefined();
      expect((await call(key, 'GET', `/prompts/${made.slug}@anew`)).status).toBe(200);
      expect((await call(key, 'GET', `/prompts/${made.slug}@renamed`)).status).toBe(404);
      await call(key, 'DELETE', `/labels/${id}`);
      expect((await call(key, 'GET', `/prompts/${made.slug}@anew`)).status).toBe(404);
      expect(await generation()).toBe(before + 2);
    });
  });
};

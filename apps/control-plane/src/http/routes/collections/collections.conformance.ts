import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';
import { addWorkspace } from '../../../testing/workspace.ts';

/** What the routes of collections promise. */
export const collectionsConformance = (platform: () => TestPlatform): void => {
  describe('collections', () => {
    let tenant: Tenant;
    let key: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const create = async (body: object) => (await call(key, 'POST', '/collections', body)).body;
    const prompt = { name: 'p', string: 'x', parameters: {} };

    test('a collection knows what is in it', async () => {
      const outer = await create({ name: 'Outer' });
      expect(outer).toMatchObject({ id: expect.any(String), slug: expect.stringMatching(/^outer-[0-9a-f]{6}$/) });
      const inner = await create({ name: 'Inner', parent_collection_id: outer.slug });
      await call(key, 'POST', '/prompts', { ...prompt, collection_id: outer.id });
      const { body } = await call(key, 'GET', `/collections/${outer.slug}`);
      expect(body).toMatchObject({
        id: outer.id,
        name: 'Outer',
        workspace_id: tenant.workspaceId,
        slug: outer.slug,
        parent_collection_id: null,
        is_default: 0,
        status: 'active',
        collection_details: {
          child_collections_count: 1,
          prompts_count: 1,
          child_collections_last_updated_at: expect.stringMatching(/Z$/),
          prompts_last_updated_at: expect.stringMatching(/Z$/),
        },
        child_collections: [
          { id: inner.id, name: 'Inner', collection_details: { child_collections_count: 0, prompts_count: 0 } },
        ],
      });
      expect((await call(key, 'GET', `/collections/${outer.id}`)).body).toEqual(body);
    });

    test('collections are listed with the default one, found by name, and renamed', async () => {
      const { id } = await create({ name: 'Before' });
      expect((await call(key, 'PUT', `/collections/${id}`, { name: 'Unheard-of' })).body).toEqual({});
      const { body } = await call(key, 'GET', `/collections?workspace_id=${tenant.workspaceSlug}`);
      expect(body.object).toBe('list');
      expect(body.data.filter(({ is_default }: { is_default: number }) => is_default === 1)).toHaveLength(1);
      const found = await call(key, 'GET', '/collections?search=unheard');
      expect(found.body).toMatchObject({ total: 1, data: [{ id, name: 'Unheard-of' }] });
    });

    test('nothing that is not empty is deleted, and the default collection never', async () => {
      const outer = await create({ name: 'Outer' });
      const inner = await create({ name: 'Inner', parent_collection_id: outer.id });
      const made = (await call(key, 'POST', '/prompts', { ...prompt, collection_id: inner.id })).body;
      const partial = (
        await call(key, 'POST', '/prompts/partials', { name: 'p', string: 'x', collection_id: inner.id })
      ).body;
      const remove = async ({ id }: { id: string }) => (await call(key, 'DELETE', `/collections/${id}`)).status;
      expect([await remove(outer), await remove(inner)]).toEqual([409, 409]);
      await call(key, 'DELETE', `/prompts/${made.slug}`);
      expect(await remove(inner)).toBe(409);
      await call(key, 'DELETE', `/prompts/partials/${partial.slug}`);
      expect([await remove(inner), await remove(outer)]).toEqual([200, 200]);
      expect((await call(key, 'GET', `/collections/${outer.id}`)).status).toBe(404);
      expect((await call(key, 'POST', '/prompts', { ...prompt, collection_id: outer.id })).status).toBe(404);
      const all = (await call(key, 'GET', '/collections')).body.data;
      expect(await remove(all.find(({ is_default }: { is_default: number }) => is_default === 1))).toBe(404);
    });

    test('a prompt that is saved while its collection is deleted is not lost in it', async () => {
      for (let round = 0; round < 4; round += 1) {
        const { id } = await create({ name: 'racy' });
        const [removed, saved] = await Promise.all([
          call(key, 'DELETE', `/collections/${id}`),
          call(key, 'POST', '/prompts', { ...prompt, collection_id: id }),
        ]);
        expect([
          [200, 404],
          [409, 200],
        ]).toContainEqual([removed.status, saved.status]);
      }
    });

    test('they are nested so deep and no deeper, within one workspace', async () => {
      let parent_collection_id: string | undefined;
      for (let depth = 1; depth <= 8; depth += 1)
        parent_collection_id = (await create({ name: 'd', parent_collection_id })).id;
      const refused = await call(key, 'POST', '/collections', { name: 'd', parent_collection_id });
      expect(refused).toMatchObject({ status: 400, body: { error: { param: 'parent_collection_id' } } });
      const admin = await tenant.key('organisation-service');
      const there = await addWorkspace(platform(), tenant);
      const across = { name: 'x', parent_collection_id, workspace_id: there };
      expect((await call(admin, 'POST', '/collections', across)).status).toBe(400);
    });

    test('nobody else learns of a collection', async () => {
      const { id } = await create({ name: 'mine' });
      const admin = await tenant.key('organisation-service');
      const neighbour = await tenant.key('workspace-service', { workspaceId: await addWorkspace(platform(), tenant) });
      const stranger = await (await platform().tenant()).key('organisation-service');
      expect((await call(admin, 'GET', `/collections/${id}`)).status).toBe(200);
      for (const other of [neighbour, stranger]) {
        expect((await call(other, 'GET', `/collections/${id}`)).status).toBe(404);
        expect((await call(other, 'PUT', `/collections/${id}`, { name: 'x' })).status).toBe(404);
        expect((await call(other, 'DELETE', `/collections/${id}`)).status).toBe(404);
      }
    });
  });
};

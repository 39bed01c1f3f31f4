import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';
import { addWorkspace } from '../../../testing/workspace.ts';

/** What the routes of partials promise. */
export const partialsConformance = (platform: () => TestPlatform): void => {
  describe('partials', () => {
    let tenant: Tenant;
    let key: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const create = async (changes: object = {}) =>
      (await call(key, 'POST', '/prompts/partials', { name: 'Footer', string: 'Bye {{name}}', ...changes })).body;
    const get = async (ref: string) => (await call(key, 'GET', `/prompts/partials/${ref}`)).body;

    test('a partial begins with version 1, published', async () => {
      const created = await create({ version_description: 'first' });
      expect(created.slug).toMatch(/^pp-footer-[0-9a-f]{6}$/);
      expect(await get(created.slug)).toMatchObject({
        id: created.id,
        slug: created.slug,
        name: 'Footer',
        collection_id: expect.any(String),
        string: 'Bye {{name}}',
        version: 1,
        version_description: 'first',
        prompt_partial_version_id: created.version_id,
        prompt_partial_version_status: 'active',
        created_at: expect.stringMatching(/Z$/),
        last_updated_at: expect.stringMatching(/Z$/),
        status: 'active',
        object: 'partial',
      });
      expect(await get(created.id)).toEqual(await get(created.slug));
    });

    test('a new text is a new version, which is served when it is published', async () => {
      const { slug, id, version_id } = await create();
      const saved = (await call(key, 'PUT', `/prompts/partials/${slug}`, { string: 'two', description: 'second' }))
        .body;
      expect(saved).toEqual({ prompt_partial_version_id: expect.any(String) });
      expect((await get(slug)).string).toBe('Bye {{name}}');
      expect(await get(`${slug}?version=latest`)).toMatchObject({ version: 2, string: 'two' });
      expect((await call(key, 'PUT', `/prompts/partials/${slug}/makeDefault`, { version: 2 })).body).toEqual({});
      expect((await get(slug)).string).toBe('two');
      expect((await get(`${slug}@1`)).version).toBe(1);
      const { body } = await call(key, 'GET', `/prompts/partials/${slug}/versions`);
      expect(body).toMatchObject({
        object: 'list',
        total: 2,
        data: [
          {
            prompt_partial_id: id,
            prompt_partial_version_id: saved.prompt_partial_version_id,
            slug,
            version: 2,
            string: 'two',
            description: 'second',
            prompt_version_status: 'active',
            object: 'partial',
          },
          { prompt_partial_version_id: version_id, version: 1, description: null },
        ],
      });
      expect((await call(key, 'PUT', `/prompts/partials/${slug}/makeDefault`, { version: 3 })).status).toBe(404);
    });

    test('a name is no version; archived is deleted', async () => {
      const { slug, version_id } = await create();
      const renamed = await call(key, 'PUT', `/prompts/partials/${slug}`, { name: 'Other' });
      expect(renamed.body).toEqual({ prompt_partial_version_id: version_id });
      expect(await get(slug)).toMatchObject({ name: 'Other', version: 1 });
      await call(key, 'PUT', `/prompts/partials/${slug}`, { status: 'archived' });
      expect((await call(key, 'GET', `/prompts/partials/${slug}`)).status).toBe(404);
      const second = await create();
      expect((await call(key, 'DELETE', `/prompts/partials/${second.slug}`)).body).toEqual({});
      expect((await call(key, 'GET', `/prompts/partials/${second.slug}`)).status).toBe(404);
    });

    test('a template that cannot be parsed is refused by name; one that uses partials is warned of', async () => {
      const refused = await call(key, 'POST', '/prompts/partials', { name: 'x', string: '{{#a}}' });
      expect(refused).toMatchObject({ status: 400, body: { error: { param: 'string' } } });
      expect((await create({ string: '{{>pp-other}}' })).warnings).toHaveLength(1);
    });

    test('prompts that use it are told when it is missing, by slug, id and version', async () => {
      const { slug, id } = await create();
      const warningsOf = async (string: string) =>
        (await call(key, 'POST', '/prompts', { name: 'p', string, parameters: {} })).body.warnings;
      expect(await warningsOf(`{{>${slug}}} {{>${slug}@1}} {{>${slug}@latest}} {{>${id}}}`)).toBeUndefined();
      expect(await warningsOf(`{{>${slug}@2}} {{>${slug}@production}}`)).toHaveLength(2);
    });

    test('the list is found by collection and text, in its own workspace only', async () => {
      const folder = (await call(key, 'POST', '/collections', { name: 'F' })).body;
      await create({ name: 'Inside', collection_id: folder.id });
      const { body } = await call(key, 'GET', `/prompts/partials?collection_id=${folder.id}`);
      expect(body).toMatchObject({ object: 'list', total: 1, data: [{ name: 'Inside', object: 'partial' }] });
      expect((await call(key, 'GET', '/prompts/partials?search=inside')).body.total).toBe(1);
      const admin = await tenant.key('organisation-service');
      expect((await call(admin, 'POST', '/prompts/partials', { name: 'x', string: 'y' })).status).toBe(400);
      const there = await addWorkspace(platform(), tenant);
      const made = await call(admin, 'POST', '/prompts/partials', { name: 'x', string: 'y', workspace_id: there });
      expect((await call(key, 'GET', `/prompts/partials/${made.body.slug}`)).status).toBe(404);
      expect((await call(admin, 'GET', `/prompts/partials?workspace_id=${there}`)).body.total).toBe(1);
    });
  });
};

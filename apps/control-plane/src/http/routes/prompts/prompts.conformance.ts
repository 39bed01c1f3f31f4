import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';
import { addWorkspace } from '../../../testing/workspace.ts';

const template = JSON.stringify([{ role: 'user', content: 'Hello {{name}}' }]);
const prompt = { name: 'Greeting', string: template, parameters: { temperature: 0.2 }, model: 'gpt-5.1' };

/** What the prompt routes promise, over any database. */
export const promptsConformance = (platform: () => TestPlatform): void => {
  describe('prompts', () => {
    let tenant: Tenant;
    let key: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const create = async (changes: object = {}) =>
      (await call(key, 'POST', '/prompts', { ...prompt, ...changes })).body;
    const get = async (ref: string) => (await call(key, 'GET', `/prompts/${ref}`)).body;

    test('a prompt begins with version 1, published, in the default collection', async () => {
      const created = await create({ virtual_key: 'main', version_description: 'first', is_raw_template: 0 });
      expect(created).toMatchObject({ object: 'prompt', id: expect.any(String), version_id: expect.any(String) });
      expect(created.slug).toMatch(/^pp-greetin-[0-9a-f]{6}$/);
      expect(await get(created.slug)).toMatchObject({
        id: created.id,
        slug: created.slug,
        name: 'Greeting',
        collection_id: expect.any(String),
        string: template,
        parameters: { temperature: 0.2 },
        prompt_version: 1,
        prompt_version_id: created.version_id,
        prompt_version_status: 'active',
        prompt_version_description: 'first',
        prompt_version_label_id: null,
        virtual_key: 'main',
        model: 'gpt-5.1',
        functions: null,
        tools: null,
        tool_choice: null,
        template_metadata: null,
        is_raw_template: 0,
        status: 'active',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        last_updated_at: expect.stringMatching(/Z$/),
        object: 'prompt',
      });
      expect(await get(created.id)).toEqual(await get(created.slug));
    });

    test('order of parameters, tools and text come back as they went in', async () => {
      const odd = 'He said "hi"\n& <x> \u2028 {{phone number}} 🐟';
      const tools = [{ type: 'function', function: { name: 'z', parameters: { z: 1, a: 2 } } }];
      const { slug } = await create({ string: odd, parameters: { z: 1, a: [true, null] }, tools, tool_choice: 'auto' });
      const found = await get(slug);
      expect(found.string).toBe(odd);
      expect(JSON.stringify(found.parameters)).toBe('{"z":1,"a":[true,null]}');
      expect(JSON.stringify(found.tools)).toBe(JSON.stringify(tools));
      expect(found.tool_choice).toBe('auto');
      const choice = { type: 'function', function: { name: 'z' } };
      expect((await get((await create({ tools, tool_choice: choice })).slug)).tool_choice).toEqual(choice);
    });

    test('what calls would fail with is told, and not refused', async () => {
      const { warnings, slug } = await create({ string: '{{>pp-nothing-000000}}', virtual_key: 'nobody' });
      expect(warnings).toEqual([expect.stringMatching(/pp-nothing-000000/), expect.stringMatching(/nobody/)]);
      expect((await get(slug)).virtual_key).toBe('nobody');
      expect(await create()).not.toHaveProperty('warnings');
    });

    test.each([
      ['a section that does not end', { string: '{{#a}} text' }],
      ['text that begins like messages', { string: '[{"role": "user", "content": }]' }],
      ['a message without role', { string: '[{"content": "x"}]' }],
      ['no messages', { string: '[]' }],
      ['an empty text', { string: '' }],
    ])('a template is refused by name: %s', async (_name, changes) => {
      const refused = await call(key, 'POST', '/prompts', { ...prompt, ...changes });
      expect(refused).toMatchObject({ status: 400, body: { data: { errorCode: 'AB01' }, error: { param: 'string' } } });
    });

    test('what is only JSON when it is rendered needs is_raw_template', async () => {
      const raw = '[{"role":"user","content":"x"}{{#image}},{"role":"user","content":"{{image}}"}{{/image}}]';
      expect((await call(key, 'POST', '/prompts', { ...prompt, string: raw })).status).toBe(400);
      const { slug } = await create({ string: raw, is_raw_template: 1 });
      expect((await get(slug)).is_raw_template).toBe(1);
    });

    test('missing and wrongly typed fields are named', async () => {
      const wrong = await call(key, 'POST', '/prompts', { name: '', parameters: [], tools: {}, tool_choice: 5 });
      expect(wrong.status).toBe(400);
      expect(wrong.body.errors.map((line: string) => line.split(':')[0]).toSorted()).toEqual(
        ['name', 'parameters', 'string', 'tool_choice', 'tools'].toSorted(),
      );
      const elsewhere = await call(key, 'POST', '/prompts', { ...prompt, collection_id: 'nothing' });
      expect(elsewhere).toMatchObject({ status: 404, body: { error: { param: 'collection_id' } } });
    });

    test('what the database cannot store is refused, wherever it stands', async () => {
      for (const body of [
        { ...prompt, name: 'a\0b' },
        { ...prompt, string: 'a\0b' },
        { ...prompt, model: 'a\0b' },
      ]) {
        expect((await call(key, 'POST', '/prompts', body)).status).toBe(400);
      }
      expect((await call(key, 'GET', '/prompts?search=%00')).status).toBe(400);
      expect((await call(key, 'GET', '/collections/%00')).status).toBe(400);
    });

    test('a saved draft is the latest version, and is served when it is published; going back is publishing too', async () => {
      const { slug, id } = await create();
      const saved = await call(key, 'PUT', `/prompts/${slug}`, { string: 'two', parameters: {}, model: 'm' });
      expect(saved.body).toEqual({ id, slug, prompt_version_id: expect.any(String) });
      expect((await get(slug)).prompt_version).toBe(1);
      expect((await get(`${slug}?version=default`)).prompt_version).toBe(1);
      expect(await get(`${slug}?version=latest`)).toMatchObject({ prompt_version: 2, string: 'two' });
      expect((await get(`${slug}@latest`)).prompt_version).toBe(2);
      expect((await call(key, 'PUT', `/prompts/${slug}/makeDefault`, { version: 2 })).body).toEqual({});
      expect((await get(slug)).prompt_version).toBe(2);
      expect((await get(`${slug}?version=1`)).string).toBe(template);
      await call(key, 'PUT', `/prompts/${slug}/makeDefault`, { version: 1 });
      expect((await get(slug)).prompt_version).toBe(1);
    });

    test('a version that is not there cannot be published or read', async () => {
      const { slug } = await create();
      expect((await call(key, 'PUT', `/prompts/${slug}/makeDefault`, { version: 2 })).status).toBe(404);
      expect((await call(key, 'PUT', `/prompts/${slug}/makeDefault`, { version: '1' })).status).toBe(400);
      expect((await call(key, 'PUT', `/prompts/${slug}/makeDefault`, {})).status).toBe(400);
      expect((await call(key, 'GET', `/prompts/${slug}?version=9`)).status).toBe(404);
      expect((await call(key, 'GET', `/prompts/${slug}?version=nobodys-label`)).status).toBe(404);
      expect(await call(key, 'GET', `/prompts/${slug}?version=a%20b`)).toMatchObject({
        status: 400,
        body: { error: { param: 'version' } },
      });
    });

    test('a new version without patch says everything, but for the virtual key', async () => {
      const { slug } = await create({ virtual_key: 'main', tools: [{ type: 'function', function: { name: 'f' } }] });
      for (const part of [
        { string: 'x' },
        { tools: [] },
        { version_description: 'x' },
        { string: 'x', parameters: {} },
      ]) {
        const refused = await call(key, 'PUT', `/prompts/${slug}`, part);
        expect(refused.status, JSON.stringify(part)).toBe(400);
        expect(refused.body.error.message).toMatch(/string, parameters, model/);
      }
      expect((await get(`${slug}?version=latest`)).prompt_version).toBe(1);
      await call(key, 'PUT', `/prompts/${slug}`, { string: 'x', parameters: {}, model: 'other' });
      expect(await get(`${slug}?version=latest`)).toMatchObject({
        prompt_version: 2,
        string: 'x',
        model: 'other',
        virtual_key: 'main',
        tools: null,
      });
    });

    test('with patch all that is not given comes from the latest version, and null clears', async () => {
      const { slug } = await create({ virtual_key: 'main', functions: [{ name: 'f' }] });
      await call(key, 'PUT', `/prompts/${slug}`, { patch: true, string: 'second' });
      await call(key, 'PUT', `/prompts/${slug}`, { patch: true, functions: null, parameters: { top_p: 1 } });
      expect(await get(`${slug}?version=2`)).toMatchObject({ string: 'second', functions: [{ name: 'f' }] });
      expect(await get(`${slug}?version=3`)).toMatchObject({
        string: 'second',
        functions: null,
        parameters: { top_p: 1 },
        virtual_key: 'main',
        model: 'gpt-5.1',
      });
    });

    test('a name and a collection are no version', async () => {
      const { slug } = await create();
      const folder = (await call(key, 'POST', '/collections', { name: 'Folder' })).body;
      const renamed = await call(key, 'PUT', `/prompts/${slug}`, { name: 'New', collection_id: folder.slug });
      expect(renamed.body).toEqual({});
      expect((await call(key, 'PUT', `/prompts/${slug}`, { name: 'New', parameters: null })).body).toEqual({});
      expect(await get(`${slug}?version=latest`)).toMatchObject({
        name: 'New',
        collection_id: folder.id,
        prompt_version: 1,
        slug,
      });
    });

    test('saves at the same time get numbers of their own', async () => {
      const { slug } = await create();
      const saves = await Promise.all(
        Array.from({ length: 6 }, (_, at) =>
          call(key, 'PUT', `/prompts/${slug}`, { patch: true, string: `save ${at}` }),
        ),
      );
      expect(saves.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
      const { body } = await call(key, 'GET', `/prompts/${slug}/versions`);
      expect(body.data.map(({ prompt_version }: { prompt_version: number }) => prompt_version)).toEqual([
        7, 6, 5, 4, 3, 2, 1,
      ]);
    });

    test('a list is found by collection, text and page, and is empty for what others share', async () => {
      const folder = (await call(key, 'POST', '/collections', { name: 'Listed' })).body;
      const made = [];
      for (const name of ['Aal_1', 'Barsch', 'Aal 2']) made.push(await create({ name, collection_id: folder.id }));
      const slugs = async (query: string) => {
        const { body } = await call(key, 'GET', `/prompts?collection_id=${folder.slug}&${query}`);
        expect(body.object).toBe('list');
        return [body.total, ...body.data.map(({ name }: { name: string }) => name)];
      };
      expect(await slugs('')).toEqual([3, 'Aal 2', 'Barsch', 'Aal_1']);
      expect(await slugs('search=aal')).toEqual([2, 'Aal 2', 'Aal_1']);
      expect(await slugs('search=l_')).toEqual([1, 'Aal_1']);
      expect(await slugs(`search=${made[1].slug}`)).toEqual([1, 'Barsch']);
      expect(await slugs('page_size=1&current_page=2')).toEqual([3, 'Aal_1']);
      expect(await slugs('type=shared')).toEqual([0]);
      const { body } = await call(key, 'GET', `/prompts?collection_id=${folder.id}`);
      expect(body.data[0]).toMatchObject({
        id: made[2].id,
        slug: made[2].slug,
        collection_id: folder.id,
        model: 'gpt-5.1',
        status: 'active',
        object: 'prompt',
      });
      expect((await call(key, 'GET', '/prompts?collection_id=nothing')).status).toBe(404);
    });

    test('a deleted prompt is gone', async () => {
      const { slug } = await create();
      expect(await call(key, 'DELETE', `/prompts/${slug}`, { prompt_id: slug })).toMatchObject({
        status: 200,
        body: {},
      });
      expect((await call(key, 'GET', `/prompts/${slug}`)).status).toBe(404);
      expect((await call(key, 'DELETE', `/prompts/${slug}`)).status).toBe(404);
    });

    test('members read prompts and managers write them', async () => {
      const { workspaceId } = tenant;
      const of = async (role: 'member' | 'manager') =>
        tenant.key('workspace-user', { userId: await tenant.person('member', { [workspaceId]: role }) });
      const { slug } = await create();
      const member = await of('member');
      expect((await call(member, 'GET', `/prompts/${slug}`)).status).toBe(200);
      expect((await call(member, 'PUT', `/prompts/${slug}`, { name: 'x' })).status).toBe(403);
      expect((await call(member, 'POST', '/prompts', prompt)).status).toBe(403);
      const manager = await of('manager');
      expect((await call(manager, 'POST', '/prompts', prompt)).status).toBe(200);
      expect((await call(manager, 'PUT', `/prompts/${slug}/makeDefault`, { version: 1 })).status).toBe(200);
    });

    test('nobody else learns of a prompt', async () => {
      const { slug, version_id } = await create();
      const stranger = await (await platform().tenant()).key('organisation-service');
      for (const [method, path, body] of [
        ['GET', `/prompts/${slug}`, undefined],
        ['PUT', `/prompts/${slug}`, { name: 'x' }],
        ['PUT', `/prompts/${slug}/makeDefault`, { version: 1 }],
        ['GET', `/prompts/${slug}/versions`, undefined],
        ['GET', `/prompts/${slug}/versions/${version_id}`, undefined],
        ['PUT', `/prompts/${slug}/versions/${version_id}`, { label_id: 'x' }],
        ['POST', `/prompts/${slug}/fork`, {}],
        ['DELETE', `/prompts/${slug}`, undefined],
      ] as const) {
        expect((await call(stranger, method, path, body)).status, `${method} ${path}`).toBe(404);
      }
      expect((await call(key, 'GET', '/prompts?workspace_id=ws-other-000000')).status).toBe(403);
    });

    test('a fork has its own id and history', async () => {
      const { slug, id } = await create({ virtual_key: 'main' });
      await call(key, 'PUT', `/prompts/${slug}`, { patch: true, string: 'draft' });
      const forked = await platform().app.inject({
        method: 'POST',
        url: `/v2/prompts/${slug}/fork`,
        headers: { 'x-portkey-api-key': key, 'content-type': 'application/json' },
        payload: JSON.stringify({ name: 'Copy' }),
      });
      const copy = forked.json();
      expect(copy).toMatchObject({ object: 'prompt' });
      expect(copy.id).not.toBe(id);
      expect(await get(copy.slug)).toMatchObject({ name: 'Copy', string: template, prompt_version: 1 });
      const second = (await call(key, 'POST', `/prompts/${slug}/fork`, { version: 2 })).body;
      expect(await get(second.slug)).toMatchObject({ name: 'Greeting', string: 'draft', prompt_version: 1 });
    });

    test('a fork goes nowhere where it could not work', async () => {
      const admin = await tenant.key('organisation-service');
      const there = await addWorkspace(platform(), tenant);
      const partial = (await call(key, 'POST', '/prompts/partials', { name: 'P', string: 'x' })).body;
      const { slug } = await create({ string: `{{>${partial.slug}}}`, virtual_key: 'main' });
      const refused = await call(admin, 'POST', `/prompts/${slug}/fork`, { workspace_id: there });
      expect(refused).toMatchObject({ status: 409, body: { data: { errorCode: 'AB07' } } });
      expect(refused.body.errors).toEqual([`partial ${partial.slug}`, 'virtual key main']);
      const plain = await create();
      const copy = (await call(admin, 'POST', `/prompts/${plain.slug}/fork`, { workspace_id: there })).body;
      expect((await call(admin, 'GET', `/prompts/${copy.slug}`)).body.workspace_id).toBe(there);
    });

    test('sharing is refused with a sentence', async () => {
      const { slug } = await create();
      for (const [method, path] of [
        ['POST', 'share'],
        ['PUT', 'share'],
        ['DELETE', 'share'],
        ['POST', 'unshare'],
      ] as const) {
        const refused = await call(key, method, `/prompts/${slug}/${path}`, {});
        expect(refused).toMatchObject({ status: 501, body: { error: { type: 'unsupported_endpoint' } } });
        expect(refused.body.error.message).toMatch(/fork/);
      }
    });
  });
};

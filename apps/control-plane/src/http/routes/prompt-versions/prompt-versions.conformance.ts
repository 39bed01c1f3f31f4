import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';
import { addWorkspace } from '../../../testing/workspace.ts';

/** What versions of prompts and the labels on them promise. */
export const promptVersionsConformance = (platform: () => TestPlatform): void => {
  describe('versions of prompts', () => {
    let tenant: Tenant;
    let key: string;
    let labels: Record<string, string>;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
      const { body } = await platform().call(key, 'GET', '/labels');
      labels = Object.fromEntries(body.data.map(({ name, id }: { name: string; id: string }) => [name, id]));
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);

    /** A prompt with two versions. @returns its slug, and the ids of its versions */
    const twoVersions = async () => {
      const first = (await call(key, 'POST', '/prompts', { name: 'p', string: 'one', parameters: {} })).body;
      const second = (await call(key, 'PUT', `/prompts/${first.slug}`, { patch: true, string: 'two' })).body;
      return { id: first.id, slug: first.slug, one: first.version_id, two: second.prompt_version_id };
    };
    const put = (slug: string, version: string, body: object) =>
      call(key, 'PUT', `/prompts/${slug}/versions/${version}`, body);
    const versionNumber = async (ref: string) => (await call(key, 'GET', `/prompts/${ref}`)).body.prompt_version;

    test('the list is an object, newest first', async () => {
      const { id, slug, one, two } = await twoVersions();
      const { body } = await call(key, 'GET', `/prompts/${slug}/versions`);
      expect(body).toMatchObject({
        object: 'list',
        total: 2,
        data: [
          { id: two, prompt_id: id, prompt_template: 'two', prompt_version: 2, label_id: null, status: 'active' },
          { id: one, prompt_id: id, prompt_template: 'one', prompt_version: 1, prompt_description: null },
        ],
      });
    });

    test('one version is read by its id, with the prompt around it', async () => {
      const { slug, one } = await twoVersions();
      const { body } = await call(key, 'GET', `/prompts/${slug}/versions/${one}`);
      expect(body).toMatchObject({ slug, string: 'one', prompt_version: 1, prompt_version_id: one, object: 'prompt' });
      const other = await twoVersions();
      expect((await call(key, 'GET', `/prompts/${slug}/versions/${other.one}`)).status).toBe(404);
    });

    test('a label stands on one version of a prompt and moves; a version may carry several', async () => {
      const { slug, one, two } = await twoVersions();
      expect(await put(slug, one, { label_id: labels.production })).toMatchObject({ status: 200, body: {} });
      expect(await versionNumber(`${slug}@production`)).toBe(1);
      await put(slug, two, { label_id: labels.production });
      expect(await versionNumber(`${slug}?version=production`)).toBe(2);
      await put(slug, two, { label_id: labels.staging });
      const carried = (await call(key, 'GET', `/prompts/${slug}/versions/${two}`)).body;
      expect(carried.prompt_version_label_id).toBe(labels.staging);
      expect(carried.prompt_version_label_ids.toSorted()).toEqual([labels.production, labels.staging].toSorted());
      expect((await call(key, 'GET', `/prompts/${slug}/versions/${one}`)).body.prompt_version_label_ids).toEqual([]);
    });

    test('null takes the labels off, and nothing given changes nothing', async () => {
      const { slug, one } = await twoVersions();
      await put(slug, one, { label_id: labels.production });
      expect((await put(slug, one, {})).body).toEqual({});
      expect(await versionNumber(`${slug}@production`)).toBe(1);
      expect((await put(slug, one, { label_id: null })).body).toEqual({});
      expect((await call(key, 'GET', `/prompts/${slug}@production`)).status).toBe(404);
    });

    test('a label that is not there, or of another workspace, cannot be put on', async () => {
      const { slug, one } = await twoVersions();
      const admin = await tenant.key('organisation-service');
      const elsewhere = await addWorkspace(platform(), tenant);
      const foreign = (await call(admin, 'POST', '/labels', { name: 'elsewhere', workspace_id: elsewhere })).body;
      for (const label_id of ['nothing', foreign.id]) {
        expect(await put(slug, one, { label_id })).toMatchObject({
          status: 404,
          body: { error: { param: 'label_id' } },
        });
      }
    });

    test('every move is told to gateways', async () => {
      const { id, slug, one } = await twoVersions();
      const generation = async () =>
        (await platform().deps.db.query('select generation from prompts where id = $1', [id]))[0]?.generation;
      const before = Number(await generation());
      const moved = await put(slug, one, { label_id: labels.production });
      expect(Number(moved.headers['x-portolan-revision'])).toBeGreaterThan(0);
      expect(Number(await generation())).toBe(before + 1);
    });

    test('an old version is archived when nothing points to it, and comes back', async () => {
      const { slug, one, two } = await twoVersions();
      expect((await put(slug, one, { status: 'archived' })).status).toBe(409);
      expect((await put(slug, two, { status: 'archived' })).status).toBe(409);
      await call(key, 'PUT', `/prompts/${slug}/makeDefault`, { version: 2 });
      await put(slug, one, { label_id: labels.staging });
      expect((await put(slug, one, { status: 'archived' })).status).toBe(409);
      expect((await put(slug, one, { label_id: null, status: 'archived' })).status).toBe(200);
      expect((await put(slug, one, { label_id: labels.staging })).status).toBe(409);
      expect((await call(key, 'PUT', `/prompts/${slug}/makeDefault`, { version: 1 })).status).toBe(404);
      expect((await call(key, 'GET', `/prompts/${slug}?version=1`)).body.prompt_version_status).toBe('archived');
      await put(slug, one, { status: 'active' });
      expect((await call(key, 'PUT', `/prompts/${slug}/makeDefault`, { version: 1 })).status).toBe(200);
    });
  });
};

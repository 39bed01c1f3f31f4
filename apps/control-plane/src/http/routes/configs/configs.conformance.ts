import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

const config = { strategy: { mode: 'fallback' }, targets: [{ virtual_key: 'main' }, { provider: '@backup' }] };

/** What the config routes promise, over any database. */
export const configsConformance = (platform: () => TestPlatform): void => {
  describe('configs', () => {
    let tenant: Tenant;
    let key: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);

    test('a config is created, found by slug and id, listed, and deleted', async () => {
      const created = await call(key, 'POST', '/configs', { name: 'Möve two', config });
      expect(created).toMatchObject({ status: 200, body: { object: 'config' } });
      expect(created.body.slug).toMatch(/^pc-move-t-[0-9a-f]{6}$/);
      const found = await call(key, 'GET', `/configs/${created.body.slug}`);
      expect(found.body).toMatchObject({
        id: created.body.id,
        name: 'Möve two',
        config: JSON.stringify(config),
        format: 'json',
        type: 'ORG_CONFIG',
        is_default: 0,
        status: 'active',
        workspace_id: tenant.workspaceId,
        organisation_id: tenant.organizationId,
        version_id: created.body.version_id,
      });
      expect((await call(key, 'GET', `/configs/${created.body.id}`)).body).toEqual(found.body);
      const list = await call(key, 'GET', '/configs?');
      expect(list.body).toMatchObject({ object: 'list' });
      expect(list.body.data.map(({ slug }: { slug: string }) => slug)).toContain(created.body.slug);
      expect(await call(key, 'DELETE', `/configs/${created.body.slug}`, { slug: created.body.slug })).toMatchObject({
        status: 200,
        body: {},
      });
      expect((await call(key, 'GET', `/configs/${created.body.slug}`)).status).toBe(404);
    });

    test('a changed config is a new version, an equal one is not, and the old versions stay as they were', async () => {
      const { slug, version_id } = (await call(key, 'POST', '/configs', { name: 'v', config: JSON.stringify(config) }))
        .body;
      const same = await call(key, 'PUT', `/configs/${slug}`, { name: 'renamed', config });
      expect(same.body).toEqual({ version_id, object: 'config' });
      const other = { retry: { attempts: 3 }, virtual_key: 'main' };
      const changed = await call(key, 'PUT', `/configs/${slug}`, { config: other });
      expect(changed.body.version_id).not.toBe(version_id);
      const back = await call(key, 'PUT', `/configs/${slug}`, { config });
      const { body } = await call(key, 'GET', `/configs/${slug}/versions`);
      expect(body).toMatchObject({ object: 'list', total: 3 });
      expect(body.data.map((row: { config: string }) => JSON.parse(row.config))).toEqual([config, other, config]);
      expect(body.data.map((row: { version_id: string }) => row.version_id)).toEqual([
        back.body.version_id,
        changed.body.version_id,
        version_id,
      ]);
    });

    test('what gateways could not read is not stored: path and nearest name are told', async () => {
      const refused = await call(key, 'POST', '/configs', {
        name: 'x',
        config: { stratgy: { mode: 'single' }, targets: [] },
      });
      expect(refused.status).toBe(400);
      expect(refused.body).toMatchObject({
        success: false,
        data: { errorCode: 'AB01' },
        error: { type: 'invalid_config', param: 'config' },
      });
      expect(refused.body.errors.join('\n')).toMatch(/stratgy.*strategy/);
      expect((await call(key, 'POST', '/configs', { name: 'x', config: '{' })).status).toBe(400);
    });

    test('wrongly typed and missing fields are named; unknown ones at the top are passed over and told of', async () => {
      const wrong = await call(key, 'POST', '/configs', { name: 5, is_default: 'yes' });
      expect(wrong.status).toBe(400);
      expect(wrong.body.errors.map((line: string) => line.split(':')[0])).toEqual(['name', 'config', 'is_default']);
      const extra = await call(key, 'POST', '/configs', { name: 'x', config, isDefault: 1, slug: 'mine' });
      expect(extra.status).toBe(200);
      expect(extra.headers['x-portolan-ignored-fields']).toBe('slug');
      expect((await call(key, 'GET', `/configs/${extra.body.slug}`)).body.is_default).toBe(1);
    });

    test('a workspace has one default', async () => {
      const first = (await call(key, 'POST', '/configs', { name: 'a', config, is_default: 1 })).body;
      const second = (await call(key, 'POST', '/configs', { name: 'b', config, is_default: true })).body;
      expect((await call(key, 'GET', `/configs/${first.slug}`)).body.is_default).toBe(0);
      expect((await call(key, 'GET', `/configs/${second.slug}`)).body.is_default).toBe(1);
    });

    test('another organisation cannot tell that a config exists, another workspace gets a refusal when it names one', async () => {
      const { slug } = (await call(key, 'POST', '/configs', { name: 'mine', config })).body;
      const stranger = await (await platform().tenant()).key('organisation-service');
      for (const [method, body] of [
        ['GET', undefined],
        ['PUT', { name: 'x' }],
        ['DELETE', undefined],
      ] as const) {
        expect((await call(stranger, method, `/configs/${slug}`, body)).status, method).toBe(404);
      }
      const foreign = await call(key, 'POST', '/configs', { name: 'x', config, workspace_id: 'ws-other-000000' });
      expect(foreign).toMatchObject({ status: 403, body: { data: { errorCode: 'AB03' } } });
    });

    test('an admin key names the workspace by id or slug', async () => {
      const admin = await tenant.key('organisation-service');
      expect(await call(admin, 'POST', '/configs', { name: 'x', config })).toMatchObject({
        status: 400,
        body: { error: { param: 'workspace_id' } },
      });
      for (const workspace_id of [tenant.workspaceId, tenant.workspaceSlug]) {
        const { body } = await call(admin, 'POST', '/configs', { name: 'x', config, workspace_id });
        expect((await call(key, 'GET', `/configs/${body.slug}`)).status).toBe(200);
      }
    });

    test('the default of user keys in a workspace cannot be deleted', async () => {
      const { slug } = (await call(key, 'POST', '/configs', { name: 'x', config })).body;
      await platform().deps.db.query('update workspaces set defaults = $2 where id = $1', [
        tenant.workspaceId,
        JSON.stringify({ user_api_key_config: slug }),
      ]);
      expect(await call(key, 'DELETE', `/configs/${slug}`)).toMatchObject({
        status: 409,
        body: { data: { errorCode: 'AB07' } },
      });
    });
  });
};

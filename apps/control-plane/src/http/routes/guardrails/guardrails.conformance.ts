import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

const checks = [{ id: 'default.contains', parameters: { words: ['secret'], operator: 'none' }, is_enabled: true }];
const actions = { deny: true, async: false, on_fail: { feedback: { value: -5, weight: 1, metadata: { by: 'us' } } } };
const guardrail = { name: 'No secrets', checks, actions };

/** What the routes of guardrails promise. */
export const guardrailsConformance = (platform: () => TestPlatform): void => {
  describe('guardrails', () => {
    let tenant: Tenant;
    let key: string;
    let admin: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
      admin = await tenant.key('organisation-service');
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const create = async (changes: object = {}, by = key) =>
      (await call(by, 'POST', '/guardrails', { ...guardrail, ...changes })).body;

    test('a guardrail is created, read by slug and id, listed, and deleted', async () => {
      const created = await create({ workspace_id: tenant.workspaceSlug });
      expect(created).toMatchObject({ id: expect.any(String), version_id: expect.any(String) });
      expect(created.slug).toMatch(/^pg-no-sec-[0-9a-f]{6}$/);
      const { body } = await call(key, 'GET', `/guardrails/${created.slug}`);
      expect(body).toMatchObject({
        id: created.id,
        name: 'No secrets',
        slug: created.slug,
        organisation_id: tenant.organizationId,
        workspace_id: tenant.workspaceId,
        status: 'active',
        created_at: expect.stringMatching(/Z$/),
        last_updated_at: expect.stringMatching(/Z$/),
        owner_id: expect.any(String),
        updated_by: expect.any(String),
        checks,
        actions,
      });
      expect((await call(key, 'GET', `/guardrails/${created.id}`)).body).toEqual(body);
      const list = await call(key, 'GET', `/guardrails?page_size=100&current_page=0&ids=${created.id},nothing`);
      expect(list.body).toMatchObject({ total: 1, data: [{ id: created.id, slug: created.slug }] });
      expect((await call(key, 'DELETE', `/guardrails/${created.slug}`)).body).toEqual({});
      expect((await call(key, 'GET', `/guardrails/${created.slug}`)).status).toBe(404);
    });

    test('changed checks or actions are a new version, a name is none', async () => {
      const { id, slug, version_id } = await create();
      expect((await call(key, 'PUT', `/guardrails/${slug}`, { name: 'Other', checks })).body).toEqual({
        id,
        slug,
        version_id,
      });
      const changed = (await call(key, 'PUT', `/guardrails/${slug}`, { actions: { deny: false, async: true } })).body;
      expect(changed).toMatchObject({ id, slug, version_id: expect.any(String) });
      expect(changed.version_id).not.toBe(version_id);
      expect((await call(key, 'GET', `/guardrails/${slug}`)).body).toMatchObject({
        name: 'Other',
        checks,
        actions: { deny: false, async: true },
      });
      const rows = await platform().deps.db.query(
        'select number, actions from guardrail_versions where guardrail_id = $1 order by number',
        [id],
      );
      expect(rows).toEqual([
        { number: 1, actions },
        { number: 2, actions: { deny: false, async: true } },
      ]);
    });

    test.each([
      ['no checks', { checks: [] }, /^checks: /],
      ['an unknown check', { checks: [{ id: 'default.contain' }] }, /checks\.0\.id: .*default\.contains/],
      ['an unknown partner', { checks: [{ id: 'nobody.check' }] }, /checks\.0\.id: /],
      [
        'an unknown parameter',
        { checks: [{ id: 'default.wordCount', parameters: { minWord: 1 } }] },
        /checks\.0\.parameters.*minWord/,
      ],
      ['a missing parameter', { checks: [{ id: 'default.regexMatch' }] }, /checks\.0\.parameters\.rule: /],
      [
        'an unknown key of a check',
        { checks: [{ ...checks[0], is_enable: true }] },
        /checks\.0\.is_enable: .*is_enabled/,
      ],
      ['an unknown action', { actions: { ...actions, denny: true } }, /actions\.denny: .*deny/],
      ['a missing action', { actions: { deny: true } }, /actions\.async: /],
      [
        'a weight above 1',
        { actions: { ...actions, on_fail: { feedback: { weight: 2 } } } },
        /actions\.on_fail\.feedback\.weight/,
      ],
    ])('%s is refused by name', async (_name, changes, line) => {
      const refused = await call(key, 'POST', '/guardrails', { ...guardrail, ...changes });
      expect(refused).toMatchObject({
        status: 400,
        body: { success: false, error: { message: expect.any(String), code: 'AB01', type: 'invalid_request_error' } },
      });
      expect(refused.body.errors.join('\n')).toMatch(line);
    });

    test('checks of partners take whatever they take', async () => {
      const made = await create({
        checks: [{ id: 'patronus.phi', parameters: { any: { thing: [1] } } }, { id: 'portkey.pii' }],
      });
      expect((await call(key, 'GET', `/guardrails/${made.slug}`)).body.checks).toHaveLength(2);
    });

    test('a guardrail of the organization has scopes of its own', async () => {
      const made = await create({ organisation_id: tenant.organizationId }, admin);
      expect((await call(admin, 'GET', `/guardrails/${made.slug}`)).body.workspace_id).toBeNull();
      expect((await call(admin, 'GET', `/guardrails?organisation_id=${tenant.organizationId}`)).body.total).toBe(1);
      expect((await call(key, 'GET', `/guardrails/${made.slug}`)).status).toBe(404);
      expect(
        (await call(key, 'POST', '/guardrails', { ...guardrail, organisation_id: tenant.organizationId })).status,
      ).toBe(403);
      const half = await tenant.key('organisation-service', { scopes: ['guardrails.read', 'guardrails.create'] });
      expect((await call(half, 'GET', `/guardrails/${made.slug}`)).status).toBe(403);
      expect(
        (await call(half, 'POST', '/guardrails', { ...guardrail, organisation_id: tenant.organizationId })).status,
      ).toBe(403);
    });

    test('exactly one owner is named', async () => {
      const both = { ...guardrail, organisation_id: tenant.organizationId, workspace_id: tenant.workspaceId };
      expect((await call(admin, 'POST', '/guardrails', both)).status).toBe(400);
      expect((await call(admin, 'POST', '/guardrails', guardrail)).status).toBe(400);
      const foreign = (await platform().tenant()).organizationId;
      expect((await call(admin, 'POST', '/guardrails', { ...guardrail, organisation_id: foreign })).status).toBe(403);
    });

    test('what is applied by default cannot be deleted', async () => {
      const { slug } = await create();
      const { db } = platform().deps;
      await db.query('update workspaces set defaults = $2 where id = $1', [
        tenant.workspaceId,
        JSON.stringify({ output_guardrails: [slug] }),
      ]);
      const refused = await call(key, 'DELETE', `/guardrails/${slug}`);
      expect(refused).toMatchObject({ status: 409, body: { data: { errorCode: 'AB07' } } });
      expect(refused.body.error.message).toContain(tenant.workspaceSlug);
      await db.query(`update workspaces set defaults = '{}' where id = $1`, [tenant.workspaceId]);
      expect((await call(key, 'DELETE', `/guardrails/${slug}`)).status).toBe(200);
    });
  });
};

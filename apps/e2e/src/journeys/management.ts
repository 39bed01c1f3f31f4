import { type StandIn, startStandIn } from '@portolan/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, type Json } from '../set-up/json.ts';
import { type Door, keepVirtualKey, manage } from '../set-up/manage.ts';
import { type ManagementSdk, successOf } from '../set-up/management-sdks.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';

type Params = Readonly<Record<string, unknown>>;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const PASSWORD = 'a long enough password';

/**
 * The management calls of a client library, each at least once, over one platform. Steps of one resource build on each other.
 * Not among them: logs and analytics, because no service keeps what they ask for yet, and `generations.create`, which the clients
 * themselves have replaced by `prompts.completions.create`.
 */
export const managementJourney = (sdk: ManagementSdk): void => {
  describe.skipIf(!sdk.canRun)(sdk.name, () => {
    let platform: Platform;
    let standIn: StandIn;
    let admin: Door;
    beforeAll(async () => {
      [platform, standIn] = await Promise.all([startPlatform(), startStandIn('openai')]);
      admin = { apiUrl: platform.apiUrl, apiKey: platform.adminKey };
    });
    afterAll(async () => {
      await Promise.all([platform?.stop(), standIn?.close()]);
    });

    const call = async (path: string, params: Params = {}): Promise<Json> =>
      successOf(await sdk.call(platform, path, params));
    const callAsAdmin = async (path: string, params: Params = {}): Promise<Json> =>
      successOf(await sdk.call(admin, path, params));
    /** The status that the client raised. */
    const refusal = async (door: Door, path: string, params: Params): Promise<number | null | undefined> =>
      (await sdk.call(door, path, params)).error?.status;

    describe('configs', () => {
      const config = { retry: { attempts: 2 }, targets: [{ provider: 'rehearsal' }], strategy: { mode: 'fallback' } };
      let slug: string;
      let version: unknown;

      it('create', async () => {
        const made = await call('configs.create', { name: 'Harbour config', config });
        slug = text(at(made, 'slug'));
        version = at(made, 'version_id');
        expect(slug).toMatch(/^pc-harbou-[0-9a-f]{6}$/);
        expect([at(made, 'id'), version]).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
      });

      it('retrieve', async () => {
        const found = await call('configs.retrieve', { slug });
        expect(found).toMatchObject({ name: 'Harbour config', slug, status: 'active', version_id: version });
        expect(at(found, 'created_at')).toMatch(TIME);
        const content = at(found, 'config');
        expect(typeof content === 'string' ? JSON.parse(content) : content).toEqual(config);
      });

      it('list', async () => {
        const listed = await call('configs.list');
        expect(at(listed, 'data')).toContainEqual(expect.objectContaining({ slug, name: 'Harbour config' }));
        expect(at(listed, 'total')).toBeGreaterThan(0);
      });

      it('update', async () => {
        const changed = await call('configs.update', { slug, name: 'Renamed', config: { provider: 'rehearsal' } });
        expect(at(changed, 'version_id')).toMatch(UUID);
        expect(at(changed, 'version_id')).not.toBe(version);
        const found = await call('configs.retrieve', { slug });
        expect(found).toMatchObject({ name: 'Renamed', version_id: at(changed, 'version_id') });
      });

      it('delete, and then it is gone', async () => {
        await call('configs.delete', { slug });
        expect(await refusal(platform, 'configs.retrieve', { slug })).toBe(404);
      });
    });

    describe('virtual keys', () => {
      let slug: string;

      it('create', async () => {
        const made = await call('virtual_keys.create', {
          name: 'Main key',
          provider: 'openai',
          key: 'sk-a-secret-of-openai-0123456789',
          note: 'ours',
          usage_limits: { credit_limit: 10 },
        });
        slug = text(at(made, 'slug'));
        expect(slug).toMatch(/^main-k(ey)?-[0-9a-f]{6}$/);
        expect(at(made, 'id')).toMatch(UUID);
      });

      it('retrieve, without the secret', async () => {
        const found = await call('virtual_keys.retrieve', { slug });
        expect(found).toMatchObject({
          name: 'Main key',
          slug,
          note: 'ours',
          status: 'active',
          ai_provider_name: 'openai',
        });
        expect(at(found, 'masked_api_key')).toMatch(/^sk\*+789$/);
        expect(at(found, 'usage_limits', 'credit_limit')).toBe(10);
        expect(JSON.stringify(found)).not.toContain('secret-of-openai');
      });

      it('list', async () => {
        const listed = await call('virtual_keys.list');
        expect(at(listed, 'data')).toContainEqual(expect.objectContaining({ slug, name: 'Main key' }));
      });

      it('update', async () => {
        const rate = [{ type: 'requests', unit: 'rpm', value: 100 }];
        const changed = await call('virtual_keys.update', { slug, name: 'Other name', rate_limits: rate });
        expect(at(changed, 'slug')).toBe(slug);
        const found = await call('virtual_keys.retrieve', { slug });
        expect(found).toMatchObject({ name: 'Other name', note: 'ours', rate_limits: rate });
      });

      it('delete, and then it is gone', async () => {
        await call('virtual_keys.delete', { slug });
        expect(await refusal(platform, 'virtual_keys.retrieve', { slug })).toBe(404);
      });
    });

    describe('API keys', () => {
      let id: string;
      let key: string;

      it('create', async () => {
        const made = await call('api_keys.create', {
          type: 'workspace',
          sub_type: 'service',
          name: 'A service',
          scopes: ['completions.write', 'configs.list'],
          rate_limits: [{ type: 'requests', unit: 'rpm', value: 1_000 }],
          defaults: { metadata: { team: 'harbour' } },
        });
        id = text(at(made, 'id'));
        key = text(at(made, 'key'));
        expect(id).toMatch(UUID);
        expect(key.length).toBeGreaterThan(30);
      });

      it('and the new key works at once, within its scopes', async () => {
        const door = { apiUrl: platform.apiUrl, apiKey: key };
        expect((await manage(door, 'GET', '/configs')).status).toBe(200);
        expect((await manage(door, 'GET', '/virtual-keys')).status).toBe(403);
      });

      it('retrieve', async () => {
        const found = await call('api_keys.retrieve', { id });
        expect(found).toMatchObject({ id, name: 'A service', type: 'workspace-service', status: 'active' });
        expect(at(found, 'scopes')).toEqual(['completions.write', 'configs.list']);
        expect(at(found, 'rate_limits')).toEqual([{ type: 'requests', unit: 'rpm', value: 1_000 }]);
        expect(at(found, 'defaults', 'metadata')).toEqual({ team: 'harbour' });
        expect(JSON.stringify(found)).not.toContain(key);
      });

      it('list', async () => {
        const listed = await call('api_keys.list', { page_size: 50, current_page: 0 });
        expect(at(listed, 'data')).toContainEqual(expect.objectContaining({ id, name: 'A service' }));
      });

      it('update', async () => {
        await call('api_keys.update', { id, name: 'Another service', description: 'for the pier' });
        const found = await call('api_keys.retrieve', { id });
        expect(found).toMatchObject({ name: 'Another service', description: 'for the pier' });
        expect(at(found, 'scopes')).toEqual(['completions.write', 'configs.list']);
      });

      it('delete, and then it is gone and works no more', async () => {
        await call('api_keys.delete', { id });
        expect(await refusal(platform, 'api_keys.retrieve', { id })).toBe(404);
        expect((await manage({ apiUrl: platform.apiUrl, apiKey: key }, 'GET', '/configs')).status).toBe(401);
      });
    });

    describe('people, invites, workspaces and their members', () => {
      let workspaceId: string;
      let workspaceSlug: string;
      let inviteId: string;
      let userId: string;
      const email = 'grace@example.com';

      it('admin.workspaces.create', async () => {
        const made = await callAsAdmin('admin.workspaces.create', {
          name: 'Pier team',
          description: 'who build the pier',
          defaults: { metadata: { team: 'pier' } },
        });
        workspaceId = text(at(made, 'id'));
        workspaceSlug = text(at(made, 'slug'));
        expect(made).toMatchObject({ name: 'Pier team', description: 'who build the pier' });
        expect(workspaceSlug).toMatch(/^ws-/);
      });

      it('admin.workspaces.retrieve', async () => {
        const found = await callAsAdmin('admin.workspaces.retrieve', { workspace_id: workspaceId });
        expect(found).toMatchObject({ id: workspaceId, slug: workspaceSlug, name: 'Pier team' });
        expect(at(found, 'defaults', 'metadata')).toEqual({ team: 'pier' });
      });

      it('admin.workspaces.list', async () => {
        const listed = await callAsAdmin('admin.workspaces.list', { page_size: 10, current_page: 0 });
        expect(at(listed, 'data')).toContainEqual(expect.objectContaining({ slug: workspaceSlug }));
        const named = await callAsAdmin('admin.workspaces.list', { exact_name: 'Pier team' });
        expect(at(named, 'total')).toBe(1);
      });

      it('admin.workspaces.update', async () => {
        const changed = await callAsAdmin('admin.workspaces.update', { workspace_id: workspaceId, name: 'Quay team' });
        expect(changed).toMatchObject({ name: 'Quay team', description: 'who build the pier' });
      });

      it('admin.users.invites.create', async () => {
        const made = await callAsAdmin('admin.users.invites.create', {
          email,
          role: 'member',
          workspaces: [{ id: workspaceSlug, role: 'member' }],
          workspace_api_key_details: { scopes: ['completions.write'] },
        });
        inviteId = text(at(made, 'id'));
        expect(text(at(made, 'invite_link'))).toMatch(/^https?:\/\/\S+\/invite\/\S+$/);
      });

      it('admin.users.invites.retrieve', async () => {
        const found = await callAsAdmin('admin.users.invites.retrieve', { invite_id: inviteId });
        expect(found).toMatchObject({ id: inviteId, email, role: 'member', status: 'pending' });
      });

      it('admin.users.invites.list', async () => {
        const listed = await callAsAdmin('admin.users.invites.list', { email, status: 'pending' });
        expect(at(listed, 'data', 0, 'id')).toBe(inviteId);
      });

      it('admin.users.invites.resend, and the new link lets its reader in', async () => {
        const again = await callAsAdmin('admin.users.invites.resend', { invite_id: inviteId });
        const link = text(at(again, 'invite_link') ?? at(again, 'inviteLink'));
        const token = link.split('/').at(-1);
        const body = { token, password: PASSWORD, first_name: 'Grace', last_name: 'Pier' };
        const accepted = await manage({ ...platform, apiKey: '' }, 'POST', '/auth/invites/accept', body);
        expect(accepted).toMatchObject({ status: 200, body: { user: { email } } });
        userId = text(at(accepted.body, 'user', 'id'));
      });

      it('admin.users.invites.delete', async () => {
        const made = await callAsAdmin('admin.users.invites.create', {
          email: 'nobody@example.com',
          role: 'member',
          workspaces: [{ id: workspaceSlug, role: 'member' }],
          workspace_api_key_details: { scopes: ['completions.write'] },
        });
        const other = { invite_id: at(made, 'id') };
        await callAsAdmin('admin.users.invites.delete', other);
        expect(await callAsAdmin('admin.users.invites.retrieve', other)).toMatchObject({ status: 'cancelled' });
      });

      it('admin.users.list', async () => {
        const listed = await callAsAdmin('admin.users.list', { page_size: 10, current_page: 0, email });
        expect(at(listed, 'data', 0)).toMatchObject({ id: userId, email, first_name: 'Grace', role: 'member' });
        const everybody = await callAsAdmin('admin.users.list', {});
        expect(at(everybody, 'total')).toBe(2);
      });

      it('admin.users.retrieve', async () => {
        const found = await callAsAdmin('admin.users.retrieve', { user_id: userId });
        expect(found).toMatchObject({ id: userId, email, role: 'member' });
      });

      it('admin.users.update', async () => {
        await callAsAdmin('admin.users.update', { user_id: userId, role: 'admin' });
        expect(await callAsAdmin('admin.users.retrieve', { user_id: userId })).toMatchObject({ role: 'admin' });
        await callAsAdmin('admin.users.update', { user_id: userId, role: 'member' });
      });

      it('admin.workspaces.users.list', async () => {
        const listed = await callAsAdmin('admin.workspaces.users.list', { workspace_id: workspaceSlug });
        expect(at(listed, 'data')).toContainEqual(expect.objectContaining({ email }));
      });

      it('admin.workspaces.users.retrieve', async () => {
        const found = await callAsAdmin('admin.workspaces.users.retrieve', {
          workspace_id: workspaceId,
          user_id: userId,
        });
        expect(found).toMatchObject({ first_name: 'Grace', org_role: 'member' });
        expect(text(at(found, 'role'))).toMatch(/^(ws-)?member$/);
      });

      it('admin.workspaces.users.update', async () => {
        const member = { workspace_id: workspaceId, user_id: userId };
        await callAsAdmin('admin.workspaces.users.update', { ...member, role: 'manager' });
        const found = await callAsAdmin('admin.workspaces.users.retrieve', member);
        expect(text(at(found, 'role'))).toMatch(/^(ws-)?manager$/);
      });

      it('admin.workspaces.users.delete and create', async () => {
        const member = { workspace_id: workspaceId, user_id: userId };
        await callAsAdmin('admin.workspaces.users.delete', member);
        expect(await refusal(admin, 'admin.workspaces.users.retrieve', member)).toBe(404);
        await callAsAdmin('admin.workspaces.users.create', {
          workspace_id: workspaceId,
          users: [{ id: userId, role: 'admin' }],
        });
        const found = await callAsAdmin('admin.workspaces.users.retrieve', member);
        expect(text(at(found, 'role'))).toMatch(/^(ws-)?admin$/);
      });

      it('admin.users.delete, and then they are gone', async () => {
        await callAsAdmin('admin.users.delete', { user_id: userId });
        expect(await refusal(admin, 'admin.users.retrieve', { user_id: userId })).toBe(404);
      });

      it('admin.workspaces.delete, and then it is gone', async () => {
        await callAsAdmin('admin.workspaces.delete', { workspace_id: workspaceId, name: 'Quay team' });
        expect(await refusal(admin, 'admin.workspaces.retrieve', { workspace_id: workspaceId })).toBe(404);
      });
    });

    describe('prompts, partials, labels and collections', () => {
      let collection: string;
      let label: string;
      let partial: string;
      let prompt: string;
      let draft: string;

      beforeAll(async () => {
        const fields = { provider: 'openai', key: 'sk-prompts', custom_host: standIn.url };
        await keepVirtualKey(platform, 'prompt-key', fields);
      });

      it('collections.create', async () => {
        const made = await call('collections.create', { name: 'Greetings' });
        collection = text(at(made, 'id'));
        expect(collection).toMatch(UUID);
      });

      it('collections.retrieve, list and update', async () => {
        expect(await call('collections.retrieve', { collection_id: collection })).toMatchObject({ name: 'Greetings' });
        await call('collections.update', { collection_id: collection, name: 'Farewells' });
        const listed = await call('collections.list', { search: 'Farewells' });
        expect(at(listed, 'data')).toEqual([expect.objectContaining({ id: collection, name: 'Farewells' })]);
      });

      it('labels.create', async () => {
        label = text(at(await call('labels.create', { name: 'canary', color_code: '#00ff00' }), 'id'));
        expect(label).toMatch(UUID);
      });

      it('labels.retrieve, list and update', async () => {
        await call('labels.update', { label_id: label, description: 'goes first' });
        expect(await call('labels.retrieve', { label_id: label })).toMatchObject({
          name: 'canary',
          description: 'goes first',
        });
        const names = at(await call('labels.list'), 'data');
        expect(names).toContainEqual(expect.objectContaining({ id: label }));
        expect(names).toContainEqual(expect.objectContaining({ name: 'production' }));
      });

      it('prompts.partials.create', async () => {
        const made = await call('prompts.partials.create', { name: 'Tone', string: 'Be brief.' });
        partial = text(at(made, 'slug'));
        expect(partial).toMatch(/^pp-/);
      });

      it('prompts.partials.retrieve and list', async () => {
        expect(await call('prompts.partials.retrieve', { partial_slug: partial })).toMatchObject({
          name: 'Tone',
          string: 'Be brief.',
        });
        expect(at(await call('prompts.partials.list'), 'data')).toContainEqual(
          expect.objectContaining({ slug: partial }),
        );
      });

      it('prompts.partials.update, publish and versions.list', async () => {
        await call('prompts.partials.update', { partial_slug: partial, string: 'Be very brief.' });
        await call('prompts.partials.publish', { partial_slug: partial, version: 2 });
        expect(await call('prompts.partials.retrieve', { partial_slug: partial })).toMatchObject({
          string: 'Be very brief.',
          version: 2,
        });
        const versions = at(await call('prompts.partials.versions.list', { partial_slug: partial }), 'data');
        expect(versions).toHaveLength(2);
      });

      it('prompts.create', async () => {
        const made = await call('prompts.create', {
          name: 'Hello',
          collection_id: collection,
          string: JSON.stringify([
            { role: 'system', content: `{{>${partial}}}` },
            { role: 'user', content: 'Greet {{name}}' },
          ]),
          parameters: { temperature: 0.5, max_tokens: 50 },
          virtual_key: 'prompt-key',
          model: 'gpt-4o',
        });
        prompt = text(at(made, 'slug'));
        expect(prompt).toMatch(/^pp-hello-[0-9a-f]{6}$/);
      });

      it('prompts.retrieve and list', async () => {
        const found = await call('prompts.retrieve', { prompt_slug: prompt });
        expect(found).toMatchObject({ name: 'Hello', model: 'gpt-4o', virtual_key: 'prompt-key', prompt_version: 1 });
        expect(at(found, 'parameters')).toEqual({ temperature: 0.5, max_tokens: 50 });
        const listed = await call('prompts.list', { collection_id: collection });
        expect(at(listed, 'data')).toEqual([expect.objectContaining({ slug: prompt })]);
      });

      it('prompts.render, with the partial that is published', async () => {
        const rendered = await call('prompts.render', { prompt_id: prompt, variables: { name: 'Grace' } });
        expect(at(rendered, 'data', 'messages')).toEqual([
          expect.objectContaining({ role: 'system', content: 'Be very brief.' }),
          expect.objectContaining({ role: 'user', content: 'Greet Grace' }),
        ]);
        expect(at(rendered, 'data', 'temperature')).toBe(0.5);
      });

      it('prompts.completions.create', async () => {
        const answer = await call('prompts.completions.create', { prompt_id: prompt, variables: { name: 'Grace' } });
        expect(at(answer, 'choices', 0, 'message', 'content')).toBe('You said: Greet Grace');
        expect(standIn.requests.at(-1)?.headers.authorization).toBe('Bearer sk-prompts');
        const stream = await sdk.call(platform, 'prompts.completions.create', {
          prompt_id: prompt,
          variables: { name: 'Ada' },
          stream: true,
        });
        expect(stream.error).toBeNull();
        const words = stream.items.map((chunk) => at(chunk, 'choices', 0, 'delta', 'content') ?? '');
        expect(words.join('')).toBe('You said: Greet Ada');
      });

      it('prompts.update makes a draft, which is served when it is published', async () => {
        const changed = await call('prompts.update', {
          prompt_slug: prompt,
          string: JSON.stringify([{ role: 'user', content: 'Welcome {{name}}' }]),
          parameters: { temperature: 0 },
          model: 'gpt-4o-mini',
          version_description: 'shorter',
        });
        draft = text(at(changed, 'prompt_version_id'));
        const render = async () =>
          at(await call('prompts.render', { prompt_id: prompt, variables: { name: 'Ada' } }), 'data', 'messages');
        expect(await render()).toHaveLength(2);
        await call('prompts.publish', { prompt_slug: prompt, version: 2 });
        expect(await render()).toEqual([expect.objectContaining({ content: 'Welcome Ada' })]);
      });

      it('prompts.versions.list, retrieve and update', async () => {
        const versions = at(await call('prompts.versions.list', { prompt_slug: prompt }), 'data');
        expect(versions).toHaveLength(2);
        await call('prompts.versions.update', { prompt_slug: prompt, version_id: draft, label_id: label });
        const found = await call('prompts.versions.retrieve', { prompt_slug: prompt, version_id: draft });
        expect(found).toMatchObject({ prompt_version: 2, prompt_version_label_id: label });
      });

      it('what was made is deleted, and then it is gone', async () => {
        await call('prompts.delete', { prompt_slug: prompt });
        expect(await refusal(platform, 'prompts.retrieve', { prompt_slug: prompt })).toBe(404);
        await call('prompts.partials.delete', { partial_slug: partial });
        expect(await refusal(platform, 'prompts.partials.retrieve', { partial_slug: partial })).toBe(404);
        await call('labels.delete', { label_id: label });
        expect(await refusal(platform, 'labels.retrieve', { label_id: label })).toBe(404);
        await call('collections.delete', { collection_id: collection });
        expect(await refusal(platform, 'collections.retrieve', { collection_id: collection })).toBe(404);
      });
    });

    describe('guardrails', () => {
      const feedback = (value: number) => ({ feedback: { value, weight: 1, metadata: '' } });
      const actions = { deny: true, async: false, on_success: feedback(5), on_fail: feedback(-5) };
      const checks = [{ id: 'default.wordCount', parameters: { minWords: 1, maxWords: 50 } }];
      let id: string;
      let workspace: string;

      beforeAll(async () => {
        workspace = text(at((await manage(admin, 'GET', '/admin/workspaces')).body, 'data', 0, 'id'));
      });

      it('create', async () => {
        const made = await call('guardrails.create', { name: 'Short', checks, actions, workspace_id: workspace });
        id = text(at(made, 'slug'));
        expect(id).toMatch(/^pg-short-[0-9a-f]{6}$/);
      });

      it('retrieve', async () => {
        const found = await call('guardrails.retrieve', { guardrail_id: id });
        expect(found).toMatchObject({ name: 'Short', slug: id, status: 'active' });
        expect(at(found, 'checks', 0)).toMatchObject(checks[0] ?? {});
        expect(at(found, 'actions')).toMatchObject({ deny: true, async: false });
      });

      it('list', async () => {
        const listed = await call('guardrails.list', { workspace_id: workspace, page_size: 10 });
        expect(at(listed, 'data')).toContainEqual(expect.objectContaining({ slug: id }));
      });

      it('update', async () => {
        await call('guardrails.update', { guardrail_id: id, name: 'Shorter', actions: { ...actions, deny: false } });
        const found = await call('guardrails.retrieve', { guardrail_id: id });
        expect(found).toMatchObject({ name: 'Shorter', actions: { deny: false } });
      });

      it('delete, and then it is gone', async () => {
        await call('guardrails.delete', { guardrail_id: id });
        expect(await refusal(platform, 'guardrails.retrieve', { guardrail_id: id })).toBe(404);
      });
    });

    describe('integrations and providers', () => {
      const slug = 'openai-of-all';
      let workspace: string;

      beforeAll(async () => {
        workspace = text(at((await manage(admin, 'GET', '/admin/workspaces')).body, 'data', 0, 'id'));
      });

      it('integrations.create', async () => {
        const made = await callAsAdmin('integrations.create', {
          name: 'OpenAI of all',
          slug,
          ai_provider_id: 'openai',
          key: 'sk-of-the-organisation-0123456789',
          description: 'shared',
          configurations: { openai_organization: 'org-1' },
        });
        expect(at(made, 'slug')).toBe(slug);
      });

      it('integrations.retrieve and list', async () => {
        const found = await callAsAdmin('integrations.retrieve', { slug });
        expect(found).toMatchObject({ name: 'OpenAI of all', ai_provider_id: 'openai', status: 'active' });
        expect(JSON.stringify(found)).not.toContain('of-the-organisation');
        const listed = await callAsAdmin('integrations.list', { type: 'organisation' });
        expect(at(listed, 'data')).toContainEqual(expect.objectContaining({ slug }));
      });

      it('integrations.update', async () => {
        await callAsAdmin('integrations.update', { slug, name: 'Renamed', description: 'still shared' });
        expect(await callAsAdmin('integrations.retrieve', { slug })).toMatchObject({ name: 'Renamed' });
      });

      it('integrations.models.update, list and delete', async () => {
        const models = [
          { slug: 'gpt-4o', enabled: true },
          { slug: 'gpt-4o-mini', enabled: true },
        ];
        await callAsAdmin('integrations.models.update', { slug, allow_all_models: false, models });
        const listed = await callAsAdmin('integrations.models.list', { slug });
        expect(at(listed, 'allow_all_models')).toBe(false);
        expect(at(listed, 'models')).toEqual(models.map((model) => expect.objectContaining(model)));
        await callAsAdmin('integrations.models.delete', { slug, slugs: 'gpt-4o-mini' });
        expect(at(await callAsAdmin('integrations.models.list', { slug }), 'total')).toBe(1);
      });

      it('integrations.workspaces.update and list', async () => {
        await callAsAdmin('integrations.workspaces.update', { slug, workspaces: [{ id: workspace, enabled: true }] });
        const listed = await callAsAdmin('integrations.workspaces.list', { slug });
        expect(at(listed, 'workspaces')).toEqual([expect.objectContaining({ enabled: true })]);
      });

      it('providers.create, retrieve, list and update', async () => {
        const made = await call('providers.create', { name: 'Mine', integration_id: slug, slug: 'mine', note: 'n' });
        expect(at(made, 'slug')).toBe('mine');
        expect(await call('providers.retrieve', { slug: 'mine' })).toMatchObject({ name: 'Mine', note: 'n' });
        const listed = await call('providers.list', { page_size: 50 });
        expect(at(listed, 'data')).toContainEqual(expect.objectContaining({ slug: 'mine' }));
        await call('providers.update', { slug: 'mine', name: 'Still mine' });
        expect(await call('providers.retrieve', { slug: 'mine' })).toMatchObject({ name: 'Still mine', note: 'n' });
      });

      it('providers.delete, and then it is gone', async () => {
        await call('providers.delete', { slug: 'mine' });
        expect(await refusal(platform, 'providers.retrieve', { slug: 'mine' })).toBe(404);
      });

      it('integrations.delete, and then it is gone', async () => {
        await callAsAdmin('integrations.delete', { slug });
        expect(await refusal(admin, 'integrations.retrieve', { slug })).toBe(404);
      });
    });

    describe('feedback', () => {
      it('create and update', async () => {
        const made = await call('feedback.create', {
          trace_id: 'a-trace',
          value: 5,
          weight: 0.5,
          metadata: { _user: 'ada' },
        });
        expect(made).toMatchObject({ status: 'success', feedback_ids: [expect.stringMatching(UUID)] });
        const changed = await call('feedback.update', { feedback_id: at(made, 'feedback_ids', 0), value: -1 });
        expect(changed).toMatchObject({ status: 'success', feedback_ids: at(made, 'feedback_ids') });
        expect(await refusal(platform, 'feedback.create', { trace_id: 'a-trace', value: 11 })).toBe(400);
      });

      it.skipIf(sdk.name.includes('Node'))('bulk_create, which one client has', async () => {
        const feedbacks = [1, 2, 3].map((value) => ({ trace_id: `trace-${value}`, value }));
        expect(at(await call('feedback.bulk_create', { feedbacks }), 'feedback_ids')).toHaveLength(3);
      });
    });
  });
};

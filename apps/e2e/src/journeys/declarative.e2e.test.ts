import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../set-up/json.ts';
import { type Door, manage } from '../set-up/manage.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';

let platform: Platform;
let admin: Door;
beforeAll(async () => {
  platform = await startPlatform();
  admin = { apiUrl: platform.apiUrl, apiKey: platform.adminKey };
});
afterAll(async () => platform?.stop());

const checks = [{ id: 'default.wordCount', parameters: { minWords: 1, maxWords: 9 } }];
const actions = { deny: false, async: false, on_success: {}, on_fail: {} };

/** Resources as a declarative client keeps them: one key of the organisation, everything named by its workspace. */
const RESOURCES = [
  { path: '/configs', create: { config: { provider: 'rehearsal' } }, id: 'slug' },
  { path: '/virtual-keys', create: { provider: 'openai', key: 'sk-declared-0123456789' }, id: 'slug' },
  { path: '/api-keys/workspace/service', reads: '/api-keys', create: { scopes: ['configs.list'] }, id: 'id' },
  { path: '/guardrails', create: { checks, actions }, id: 'slug' },
  { path: '/collections', create: {}, id: 'id' },
  { path: '/prompts/partials', create: { string: 'Be brief.' }, id: 'slug' },
  { path: '/integrations', create: { ai_provider_id: 'openai', key: 'sk-declared-0123456789' }, id: 'slug' },
  { path: '/admin/workspaces', create: { description: 'd' }, id: 'id', isWorkspace: true },
];

describe('a declarative client', () => {
  it.each(RESOURCES)('makes, reads, changes, reads, deletes and no longer finds one of $path', async (resource) => {
    const { path, create, id, reads = path, isWorkspace = false } = resource;
    const listed = await manage(admin, 'GET', '/admin/workspaces');
    const owner = isWorkspace ? {} : { workspace_id: at(listed.body, 'data', 0, 'id') };
    const query = isWorkspace ? '' : `?workspace_id=${owner.workspace_id}`;

    const made = await manage(admin, 'POST', path, { name: 'Declared', ...create, ...owner });
    expect(made.status, JSON.stringify(made.body)).toBe(200);
    const one = `${reads}/${at(made.body, id)}`;
    const read = async () => manage(admin, 'GET', `${one}${query}`);
    expect((await read()).body).toMatchObject({ name: 'Declared' });
    const changed = await manage(admin, 'PUT', `${one}${query}`, { name: 'Changed' });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    expect((await read()).body).toMatchObject({ name: 'Changed' });
    const deleted = await manage(
      admin,
      'DELETE',
      `${one}${query}`,
      isWorkspace ? { name: 'Changed', force_delete: true } : {},
    );
    expect(deleted.status, JSON.stringify(deleted.body)).toBe(200);
    expect((await read()).status).toBe(404);
  });
});

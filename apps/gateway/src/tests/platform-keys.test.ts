import { ApiKeyStatus, ApiKeyType, TenantStatus } from '@portolan/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { apiKey, config, newKey, organization, secretOf, workspace } from '../testing/platform-entities.ts';
import { type PlatformUnderTest, startPlatform } from '../testing/start-platform.ts';

let fleet: Fleet;
let platform: PlatformUnderTest;

beforeAll(async () => {
  fleet = await startFleet({ oai: 'openai' });
  platform = await startPlatform([config('pc-own', 1, target('own')), config('pc-user', 1, target('user'))]);
});
afterAll(async () => {
  await platform.close();
  await fleet.close();
});
beforeEach(() => fleet.reset());

/** A config that says in its answer that it was followed. */
const target = (name: string) => ({
  provider: 'openai',
  api_key: name,
  custom_host: fleet.at('oai').url,
});

const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };

const ask = (key: string, headers: Record<string, string> = {}, path = '/chat/completions'): Promise<Response> =>
  platform.gateway.post(path, body, { headers: { 'x-portkey-api-key': key, ...headers } });

const errorOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { type: string; code: string | null; message: string } };
  return { status: response.status, type: error.type, code: error.code, message: error.message };
};

/** Issues a key and returns its text. */
const issue = (rest: Parameters<typeof apiKey>[2] = {}, text = newKey()): string => {
  platform.controlPlane.commit(apiKey(text, platform.vault.pepper, { id: `id-${text}`, ...rest }));
  return text;
};

const calledWith = (): string | undefined => fleet.onlyRequest('oai').headers.authorization;

describe('which keys are let in', () => {
  it('one that is known', async () => {
    expect((await ask(platform.key, { 'x-portkey-config': 'pc-own' })).status).toBe(200);
  });

  it('one that was issued a moment ago, on its very first call', async () => {
    const key = newKey();
    platform.controlPlane.commitUnseen(apiKey(key, platform.vault.pepper, { id: 'late' }));
    const asked = ask(key, { 'x-portkey-config': 'pc-own' });
    // The stream brings it after the question was asked.
    const { revisions } = platform.controlPlane.asked;
    await expect.poll(() => platform.controlPlane.asked.revisions).toBeGreaterThan(revisions);
    platform.controlPlane.commit(organization());
    expect((await asked).status).toBe(200);
  });

  it('one from elsewhere, of no form of ours', async () => {
    const key = issue({}, 'imported key/of:another+form');
    await platform.settled();
    expect((await ask(key, { 'x-portkey-config': 'pc-own' })).status).toBe(200);
  });

  it('both secrets of a key that is being rotated, until the old one ends', async () => {
    const [before, after] = [newKey(), newKey()];
    const secrets = (end: Date) => ({
      id: 'rotated',
      secrets: [secretOf(before, platform.vault.pepper, end), secretOf(after, platform.vault.pepper)],
    });
    platform.controlPlane.commit(apiKey(before, platform.vault.pepper, secrets(new Date(Date.now() + 60_000))));
    await platform.settled();
    for (const key of [before, after]) expect((await ask(key, { 'x-portkey-config': 'pc-own' })).status).toBe(200);
    platform.controlPlane.commit(
      apiKey(before, platform.vault.pepper, { ...secrets(new Date(Date.now() - 1)), generation: 2 }),
    );
    await platform.settled();
    expect((await ask(before, { 'x-portkey-config': 'pc-own' })).status).toBe(401);
    expect((await ask(after, { 'x-portkey-config': 'pc-own' })).status).toBe(200);
  });
});

describe('which keys are not', () => {
  it.each([
    ['without our form', 'nonsense'],
    ['with our form', newKey()],
  ])('one that nobody issued, %s', async (_what, key) => {
    expect(await errorOf(await ask(key))).toMatchObject({ status: 401, code: '03', type: 'invalid_api_key' });
  });

  it('an unknown key is asked for once, not on each call', async () => {
    const key = newKey();
    await ask(key);
    const { revisions } = platform.controlPlane.asked;
    for (let calls = 0; calls < 5; calls += 1) expect((await ask(key)).status).toBe(401);
    expect(platform.controlPlane.asked.revisions).toBe(revisions);
  });

  it('one that is past its date, is spent, or was revoked', async () => {
    const past = issue({ expireTime: new Date(Date.now() - 1) });
    const expired = issue({ status: ApiKeyStatus.API_KEY_STATUS_EXPIRED });
    const spent = issue({ status: ApiKeyStatus.API_KEY_STATUS_EXHAUSTED });
    const revoked = issue();
    issue({ id: `id-${revoked}`, status: ApiKeyStatus.API_KEY_STATUS_REVOKED, generation: 2 }, revoked);
    await platform.settled();
    for (const key of [past, expired]) {
      expect(await errorOf(await ask(key))).toEqual({
        status: 401,
        type: 'api_key_expired',
        code: '01',
        message: 'Portkey Error: Portkey API Key Expired. Error Code: 01',
      });
    }
    expect(await errorOf(await ask(spent))).toEqual({
      status: 412,
      type: 'usage_limit_exceeded',
      code: '04',
      message: 'Portkey Error: Portkey API Key Usage Limit Exceeded. Error Code: 04',
    });
    expect(await errorOf(await ask(revoked))).toMatchObject({ status: 401, code: '03' });
  });

  it('one that was revoked does not come back by late news of it', async () => {
    const key = issue();
    issue({ id: `id-${key}`, status: ApiKeyStatus.API_KEY_STATUS_REVOKED, generation: 5 }, key);
    issue({ id: `id-${key}`, generation: 4 }, key);
    await platform.settled();
    expect((await ask(key)).status).toBe(401);
  });

  const FORBIDDEN = {
    status: 403,
    type: 'permission_denied',
    code: '033',
    message: 'Portkey Error: Forbidden!. Error Code: 033',
  };

  it('a key of the organization, whatever its scopes say', async () => {
    const key = issue({ type: ApiKeyType.API_KEY_TYPE_ORGANIZATION_SERVICE, workspaceId: '' });
    await platform.settled();
    expect(await errorOf(await ask(key, { 'x-portkey-config': 'pc-own' }))).toEqual(FORBIDDEN);
  });

  it('one without the scope of the path', async () => {
    const key = issue({ scopes: ['prompts.render'] });
    await platform.settled();
    expect(await errorOf(await ask(key, { 'x-portkey-config': 'pc-own' }))).toEqual(FORBIDDEN);
    const models = await fetch(`${platform.gateway.url}/models`, { headers: { 'x-portkey-api-key': key } });
    expect(models.status).toBe(403);
  });

  it('one whose organization or workspace is closed, or not its own', async () => {
    platform.controlPlane.commit(
      organization({ id: 'org-2', status: TenantStatus.TENANT_STATUS_ARCHIVED }),
      workspace({ id: 'ws-2', organizationId: 'org-2' }),
      workspace({ id: 'ws-3', slug: 'ws-three', status: TenantStatus.TENANT_STATUS_ARCHIVED }),
    );
    const keys = [
      issue({ organizationId: 'org-2', workspaceId: 'ws-2' }),
      issue({ workspaceId: 'ws-3' }),
      issue({ workspaceId: 'ws-2' }),
    ];
    await platform.settled();
    for (const key of keys) expect(await errorOf(await ask(key))).toEqual(FORBIDDEN);
  });
});

describe('what a key brings along', () => {
  it('its config counts when the call names none, and its workspace one for user keys after that', async () => {
    platform.controlPlane.commit(workspace({ defaultUserKeyConfigSlug: 'pc-user' }));
    const own = issue({ defaultConfigSlug: 'pc-own' });
    const user = issue({ type: ApiKeyType.API_KEY_TYPE_WORKSPACE_USER, userId: 'u-1' });
    await platform.settled();
    await ask(own);
    expect(calledWith()).toBe('Bearer own');
    fleet.reset();
    await ask(user);
    expect(calledWith()).toBe('Bearer user');
    fleet.reset();
    expect((await ask(platform.key)).status).toBe(400);
  });

  it('a key that lets nobody choose refuses every config of a call', async () => {
    const key = issue({ defaultConfigSlug: 'pc-own', allowConfigOverride: false });
    await platform.settled();
    expect((await ask(key)).status).toBe(200);
    expect(await errorOf(await ask(key, { 'x-portkey-config': 'pc-own' }))).toMatchObject({
      status: 400,
      message: 'Cannot override default config set for this API key.',
    });
  });

  it('metadata: the workspace before the key before the call; who calls is in the record', async () => {
    platform.controlPlane.commit(workspace({ defaultMetadata: { a: 'workspace' } }));
    const key = issue({ userId: 'u-1', defaultMetadata: { a: 'key', b: 'key' } });
    await platform.settled();
    await ask(key, {
      'x-portkey-config': 'pc-own',
      'x-portkey-trace-id': 'metadata',
      'x-portkey-metadata': JSON.stringify({ a: 'call', b: 'call', c: 'call' }),
    });
    const [record] = await platform.gateway.logRecords(1, ({ traceId }) => traceId === 'metadata');
    expect(record).toMatchObject({
      organizationId: 'org-1',
      workspaceId: 'ws-1',
      apiKeyId: `id-${key}`,
      userId: 'u-1',
      metadata: { a: 'workspace', b: 'key', c: 'call', _user: 'u-1' },
    });
  });

  it('an organization may allow saved configs only', async () => {
    platform.controlPlane.commit(organization({ blockInlineConfigs: true }));
    await platform.settled();
    const inline = { 'x-portkey-config': JSON.stringify(target('inline')) };
    expect(await errorOf(await ask(platform.key, inline))).toMatchObject({
      status: 400,
      code: 'inline_config_blocked',
    });
    expect((await ask(platform.key, { 'x-portkey-config': 'pc-own' })).status).toBe(200);
    platform.controlPlane.commit(organization());
    await platform.settled();
    expect((await ask(platform.key, inline)).status).toBe(200);
  });

  it('where a workspace decides that for itself, its word counts', async () => {
    const inline = { 'x-portkey-config': JSON.stringify(target('inline')) };
    platform.controlPlane.commit(workspace({ blockInlineConfigs: true }));
    await platform.settled();
    expect(await errorOf(await ask(platform.key, inline))).toMatchObject({ code: 'inline_config_blocked' });
    platform.controlPlane.commit(organization({ blockInlineConfigs: true }), workspace({ blockInlineConfigs: false }));
    await platform.settled();
    expect((await ask(platform.key, inline)).status).toBe(200);
    platform.controlPlane.commit(organization(), workspace());
    await platform.settled();
  });
});

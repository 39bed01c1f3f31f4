import { VirtualKeyStatus } from '@portolan/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { config, virtualKey } from '../testing/platform-entities.ts';
import { type PlatformUnderTest, startPlatform } from '../testing/start-platform.ts';

let fleet: Fleet;
let platform: PlatformUnderTest;

beforeAll(async () => {
  fleet = await startFleet({ oai: 'openai', other: 'openai', anth: 'anthropic' });
  platform = await startPlatform();
});
afterAll(async () => {
  await platform.close();
  await fleet.close();
});
beforeEach(() => fleet.reset());

const hostOf = (slug: string): string => fleet.at(slug).url.replace(/\/v1$/, '');

/** A virtual key with a credential behind it that leads to a stand-in. */
const store = async (slug: string, rest: Parameters<typeof virtualKey>[1] = {}, settings: object = {}, at = 'oai') => {
  platform.vault.put(`cred-${slug}`, {
    provider: 'openai',
    secrets: { key: `key-of-${slug}` },
    settings: { custom_host: fleet.at(at).url, ...settings },
    allowedHosts: [hostOf(at)],
  });
  platform.controlPlane.commit(virtualKey(slug, rest));
  await platform.settled();
};

const ask = (headers: Record<string, string>, body: object = {}): Promise<Response> =>
  platform.gateway.post(
    '/chat/completions',
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...body },
    { headers },
  );

const errorOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { type: string; code: string | null; message: string } };
  return { status: response.status, type: error.type, code: error.code, message: error.message };
};

describe('a virtual key', () => {
  it('brings its credential, its host and its settings; the vault is asked once', async () => {
    await store('one', {}, { openai_organization: 'org-of-openai' });
    for (let calls = 0; calls < 3; calls += 1) expect((await ask({ 'x-portkey-provider': '@one' })).status).toBe(200);
    const [request] = fleet.at('oai').requests;
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer key-of-one',
      'openai-organization': 'org-of-openai',
    });
    expect(platform.vault.resolves.filter((id) => id === 'cred-one')).toHaveLength(1);
    const [record] = await platform.gateway.logRecords(1, (row) => row.virtualKey === 'one');
    expect(record).toMatchObject({ virtualKey: 'one', workspaceId: 'ws-1', provider: 'openai' });
  });

  it('is asked for once, however many calls wait for it', async () => {
    await store('herd');
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask({ 'x-portkey-provider': '@herd' })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(platform.vault.resolves.filter((id) => id === 'cred-herd')).toHaveLength(1);
  });

  it('its own headers go with every request and replace the key', async () => {
    platform.vault.put('cred-headers', {
      provider: 'openai',
      secrets: { key: 'unused', custom_headers: '{"Authorization":"Custom x","X-Team":"red"}' },
      settings: { custom_host: fleet.at('oai').url },
      allowedHosts: [hostOf('oai')],
    });
    platform.controlPlane.commit(virtualKey('headers'));
    await platform.settled();
    await ask({ 'x-portkey-provider': '@headers' });
    expect(fleet.onlyRequest('oai').headers).toMatchObject({ authorization: 'Custom x', 'x-team': 'red' });
  });

  it('that was made a moment ago is waited for', async () => {
    platform.vault.put('cred-late', {
      provider: 'openai',
      secrets: { key: 'late' },
      settings: { custom_host: fleet.at('oai').url },
      allowedHosts: [hostOf('oai')],
    });
    platform.controlPlane.commitUnseen(virtualKey('late'), config('pc-late', 1, { virtual_key: 'late' }));
    const { revisions } = platform.controlPlane.asked;
    const asked = ask({ 'x-portkey-config': 'pc-late' });
    await expect.poll(() => platform.controlPlane.asked.revisions).toBeGreaterThan(revisions);
    platform.controlPlane.tellNow();
    expect((await asked).status).toBe(200);
  });

  it('of another workspace does not exist', async () => {
    await store('foreign', { workspaceId: 'ws-9' });
    expect(await errorOf(await ask({ 'x-portkey-provider': '@foreign' }))).toMatchObject({
      status: 400,
      message: 'Following keys are not valid: foreign',
    });
  });
});

describe('a virtual key that may not be used', () => {
  it.each([
    ['archived', { status: VirtualKeyStatus.VIRTUAL_KEY_STATUS_ARCHIVED }, 400, 'invalid_provider_slug', null],
    ['expired', { status: VirtualKeyStatus.VIRTUAL_KEY_STATUS_EXPIRED }, 401, 'virtual_key_expired_error', '01'],
    ['past its date', { expireTime: new Date(1) }, 401, 'virtual_key_expired_error', '01'],
    ['spent', { status: VirtualKeyStatus.VIRTUAL_KEY_STATUS_EXHAUSTED }, 412, 'virtual_key_exhaust_error', '04'],
    ['closed for the model', { deniedModels: ['gpt-4o-mini'] }, 412, 'model_not_allowed_error', null],
    [
      'not for the model',
      { allowAllModels: false, models: [{ slug: 'gpt-4o', customHost: '' }] },
      412,
      'model_not_allowed_error',
      null,
    ],
  ])('%s', async (what, rest, status, type, code) => {
    const slug = `no-${what.replaceAll(' ', '-')}`;
    await store(slug, rest);
    expect(await errorOf(await ask({ 'x-portkey-provider': `@${slug}` }))).toMatchObject({ status, type, code });
    expect(fleet.calls()).toEqual({});
  });

  it('is passed over by a fallback', async () => {
    await store('spent', { status: VirtualKeyStatus.VIRTUAL_KEY_STATUS_EXHAUSTED });
    await store('good');
    const targets = [{ virtual_key: 'spent' }, { virtual_key: 'good' }];
    const response = await ask({
      'x-portkey-config': JSON.stringify({ strategy: { mode: 'fallback' }, targets }),
    });
    expect(response.status).toBe(200);
    expect(fleet.onlyRequest('oai').headers.authorization).toBe('Bearer key-of-good');
  });
});

describe('the models of a virtual key', () => {
  it('are those it allows, by the name that the provider is asked for', async () => {
    await store('few', { allowAllModels: false, models: [{ slug: 'gpt-4o', customHost: '' }] });
    expect((await ask({ 'x-portkey-provider': '@few' }, { model: 'gpt-4o' })).status).toBe(200);
    const overridden = { 'x-portkey-config': JSON.stringify({ virtual_key: 'few', override_params: { model: 'o1' } }) };
    expect((await ask(overridden, { model: 'gpt-4o' })).status).toBe(412);
  });

  it('may have a host of their own, which must be one that the credential is for', async () => {
    const models = [
      { slug: 'gpt-4o', customHost: fleet.at('other').url },
      { slug: 'gpt-4o-mini', customHost: '' },
    ];
    await store('hosts', { allowAllModels: false, models });
    expect((await ask({ 'x-portkey-provider': '@hosts' }, { model: 'gpt-4o' })).status).toBe(400);
    expect(fleet.calls()).toEqual({});
    platform.vault.put('cred-hosts', {
      provider: 'openai',
      secrets: { key: 'k' },
      settings: { custom_host: fleet.at('oai').url },
      allowedHosts: [hostOf('oai'), hostOf('other')],
    });
    await expect
      .poll(async () => (await ask({ 'x-portkey-provider': '@hosts' }, { model: 'gpt-4o' })).status)
      .toBe(200);
    expect(fleet.calls()).toEqual({ other: 1 });
  });

  it('are what the list of models shows', async () => {
    await store('listed', { allowAllModels: false, models: [{ slug: 'gpt-4o', customHost: '' }] });
    const headers = { 'x-portkey-api-key': platform.key };
    const list = await fetch(`${platform.gateway.url}/models?provider=@listed`, { headers });
    expect(await list.json()).toMatchObject({ total: 1, data: [{ id: '@listed/gpt-4o', slug: 'gpt-4o' }] });
    const one = await fetch(`${platform.gateway.url}/models/@listed/gpt-4o`, { headers });
    expect(await one.json()).toMatchObject({ id: '@listed/gpt-4o', object: 'model' });
    expect((await fetch(`${platform.gateway.url}/models/@listed/gpt-5`, { headers })).status).toBe(404);
  });
});

describe('a stored credential stays with the hosts it is bound to', () => {
  it.each([
    ['a header', () => ({ 'x-portkey-provider': '@bound', 'x-portkey-custom-host': fleet.at('other').url })],
    [
      'a config',
      () => ({ 'x-portkey-config': JSON.stringify({ virtual_key: 'bound', custom_host: fleet.at('other').url }) }),
    ],
  ])('whatever %s says', async (_who, headers) => {
    await store('bound');
    expect(await errorOf(await ask(headers()))).toMatchObject({ status: 400, message: 'Invalid custom host' });
    expect(fleet.calls()).toEqual({});
  });
});

describe('changes in the vault', () => {
  it('a revoked credential stops, and no answer from before brings it back', async () => {
    await store('dead');
    expect((await ask({ 'x-portkey-provider': '@dead' })).status).toBe(200);
    platform.vault.revoke('cred-dead');
    await expect.poll(async () => (await ask({ 'x-portkey-provider': '@dead' })).status).toBe(400);

    await store('stale');
    const letGo = platform.vault.holdAnswers();
    const asked = ask({ 'x-portkey-provider': '@stale' });
    await expect.poll(() => platform.vault.resolves.includes('cred-stale')).toBe(true);
    platform.vault.revoke('cred-stale');
    // Its answer left before the revocation and arrives after it.
    await store('probe');
    letGo();
    expect((await asked).status).toBe(400);
    expect((await ask({ 'x-portkey-provider': '@stale' })).status).toBe(400);
    expect(fleet.at('oai').requests.map(({ headers }) => headers.authorization)).not.toContain('Bearer key-of-stale');
  });

  it('a rotated credential is used as soon as it is told of', async () => {
    await store('turned');
    await ask({ 'x-portkey-provider': '@turned' });
    platform.vault.put('cred-turned', {
      provider: 'openai',
      secrets: { key: 'second' },
      settings: { custom_host: fleet.at('oai').url },
      allowedHosts: [hostOf('oai')],
    });
    await expect
      .poll(async () => {
        await ask({ 'x-portkey-provider': '@turned' });
        return fleet.at('oai').requests.at(-1)?.headers.authorization;
      })
      .toBe('Bearer second');
  });
});

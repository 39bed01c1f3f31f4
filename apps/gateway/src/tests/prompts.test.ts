import { PromptKind } from '@portolan/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { apiKey, config, newKey, partial, prompt, virtualKey } from '../testing/platform-entities.ts';
import type { PostOptions } from '../testing/start-gateway.ts';
import { type PlatformUnderTest, startPlatform } from '../testing/start-platform.ts';

let fleet: Fleet;
let platform: PlatformUnderTest;

const messages = (content: string) => JSON.stringify([{ role: 'user', content }]);
const SAVED = { virtualKeySlug: 'oai', model: 'gpt-4o-mini' };

beforeAll(async () => {
  fleet = await startFleet({ oai: 'openai', anth: 'anthropic' });
  platform = await startPlatform([
    virtualKey('oai'),
    virtualKey('anth', { provider: 'anthropic' }),
    prompt(
      'pp-hello',
      [
        {
          ...SAVED,
          template: messages('one {{name}}'),
          parametersJson: '{"temperature":0.25,"stream":true,"max_tokens":7}',
          labels: ['production'],
        },
        { ...SAVED, template: messages('two {{name}}'), labels: ['staging', 'mine'] },
        { ...SAVED, template: messages('three {{name}}') },
      ],
      { publishedVersion: 2 },
    ),
    prompt('pp-plain', [
      { ...SAVED, model: 'gpt-3.5-turbo-instruct', kind: PromptKind.PROMPT_KIND_TEXT, template: 'Say {{word}}' },
    ]),
    prompt('pp-claude', [
      {
        template: messages('claude {{name}}'),
        virtualKeySlug: 'anth',
        model: 'claude-haiku-4-5',
        parametersJson: '{"max_tokens":9}',
      },
    ]),
    prompt('pp-parts', [
      { ...SAVED, template: messages('{{>pp-part}} {{>pp-part@2}} {{>pp-part@latest}} {{>>which}}') },
    ]),
    prompt('pp-raw', [
      {
        ...SAVED,
        template: '[{"role":"user","content":"a"}{{#more}},{"role":"user","content":"b"}{{/more}}]',
      },
    ]),
    prompt('pp-broken', [{ ...SAVED, template: '[{"role":' }]),
    prompt('pp-tools', [
      {
        ...SAVED,
        template: messages('x'),
        toolsJson: '[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]',
        toolChoiceJson: '"auto"',
      },
    ]),
    prompt('pp-alias', [{ ...SAVED, template: messages('x'), modelAlias: 'my-deployment' }]),
    prompt('pp-foreign', [{ ...SAVED, template: messages('x') }], { workspaceId: 'ws-9' }),
    partial('pp-part', ['p1', 'p2', 'p3'], { publishedVersion: 1 }),
    config('pc-two', 1, {
      strategy: { mode: 'fallback' },
      targets: [{ prompt_id: 'pp-hello@1', override_params: { temperature: 0.5 } }, { prompt_id: 'pp-claude' }],
    }),
    config('pc-mixed', 1, {
      strategy: { mode: 'fallback' },
      targets: [{ prompt_id: 'pp-hello' }, { prompt_id: 'pp-plain' }],
    }),
    config('pc-lost', 1, {
      strategy: { mode: 'fallback' },
      targets: [{ prompt_id: 'pp-gone' }, { prompt_id: 'pp-hello' }],
    }),
    config('pc-key', 1, { virtual_key: 'anth' }),
  ]);
  for (const slug of ['oai', 'anth']) {
    const url = fleet.at(slug).url;
    platform.vault.put(`cred-${slug}`, {
      provider: slug === 'oai' ? 'openai' : 'anthropic',
      secrets: { key: `key-of-${slug}` },
      settings: { custom_host: url },
      allowedHosts: [new URL(url).origin],
    });
  }
});
afterAll(async () => {
  await platform.close();
  await fleet.close();
});
beforeEach(() => fleet.reset());

const complete = (reference: string, body: object = {}, options: PostOptions = {}) =>
  platform.gateway.post(`/prompts/${reference}/completions`, { variables: { name: 'Ada' }, ...body }, options);

const sent = (slug = 'oai'): Record<string, unknown> =>
  JSON.parse(fleet.onlyRequest(slug).rawBody) as Record<string, unknown>;

const failure = async (response: Response) => ({
  status: response.status,
  message: ((await response.json()) as { message: string }).message,
});

describe('which version is meant', () => {
  it.each([
    ['pp-hello', 'two Ada'],
    ['pp-hello@1', 'one Ada'],
    ['pp-hello@latest', 'three Ada'],
    ['pp-hello@production', 'one Ada'],
    ['pp-hello@mine', 'two Ada'],
    ['id-of-pp-hello', 'two Ada'],
    ['pp-hello%40latest', 'three Ada'],
  ])('%s', async (reference, content) => {
    expect((await complete(reference)).status).toBe(200);
    expect(sent()).toMatchObject({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] });
    expect(fleet.onlyRequest('oai').headers.authorization).toBe('Bearer key-of-oai');
  });

  it.each(['pp-none', 'pp-hello@9', 'pp-hello@nobody', 'pp-foreign', 'pp-hello@a@b'])(
    '%s is no prompt',
    async (reference) => {
      expect(await failure(await complete(reference))).toEqual({ status: 404, message: 'Invalid prompt id' });
      expect(fleet.calls()).toEqual({});
    },
  );
});

describe('the request that a prompt becomes', () => {
  it('saved parameters, what the caller says over them, and never a saved stream', async () => {
    const response = await complete('pp-hello@1', { temperature: 0.75, user: 'u' });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(sent()).toMatchObject({ temperature: 0.75, max_tokens: 7, user: 'u' });
    expect(sent()).not.toHaveProperty('variables');
    expect(sent()).not.toHaveProperty('stream');
  });

  it('is streamed when the caller says so', async () => {
    const response = await complete('pp-hello@1', { stream: true });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toMatch(/data: \[DONE\]\s*$/);
  });

  it('a value goes into the messages byte for byte', async () => {
    const name = 'He said "hi"\nbye & <x> \\ {{name}}';
    await complete('pp-hello', { variables: { name } });
    expect(sent().messages).toEqual([{ role: 'user', content: `two ${name}` }]);
  });

  it('a text prompt becomes a text completion', async () => {
    expect((await complete('pp-plain', { variables: { word: 'ok' } })).status).toBe(200);
    expect(fleet.onlyRequest('oai').path).toContain('/completions');
    expect(sent()).toMatchObject({ prompt: 'Say ok' });
  });

  it('tools, and an alias for the model', async () => {
    await complete('pp-tools');
    expect(sent()).toMatchObject({ tools: [{ type: 'function' }], tool_choice: 'auto' });
    fleet.reset();
    await complete('pp-alias');
    expect(sent().model).toBe('my-deployment');
  });

  it('a section around whole messages', async () => {
    await complete('pp-raw', { variables: { more: true } });
    expect(sent().messages).toHaveLength(2);
    fleet.reset();
    await complete('pp-raw', { variables: {} });
    expect(sent().messages).toHaveLength(1);
  });

  it('the older path does the same, also with the version twice', async () => {
    for (const path of [
      '/prompts/pp-hello/generate',
      '/v1/prompts/pp-hello/completions',
      '/v1/prompts/pp-hello/generate',
    ]) {
      fleet.reset();
      expect((await platform.gateway.post(path, { variables: { name: 'Ada' } })).status).toBe(200);
      expect(sent().messages).toEqual([{ role: 'user', content: 'two Ada' }]);
    }
  });

  it('no variables are none', async () => {
    expect((await platform.gateway.post('/prompts/pp-hello/completions', {})).status).toBe(200);
    expect(sent().messages).toEqual([{ role: 'user', content: 'two ' }]);
  });
});

describe('partials', () => {
  it('the published one, a number, the latest, and one that a variable names', async () => {
    await complete('pp-parts', { variables: { which: 'pp-part@3' } });
    expect(sent().messages).toEqual([{ role: 'user', content: 'p1 p2 p3 p3' }]);
  });

  it('publishing one changes what its prompts say, and not what names a number', async () => {
    platform.controlPlane.commit(partial('pp-part', ['p1', 'p2', 'p3'], { publishedVersion: 3, generation: 2 }));
    await platform.settled();
    await complete('pp-parts', { variables: { which: 'pp-part@1' } });
    expect(sent().messages).toEqual([{ role: 'user', content: 'p3 p2 p3 p1' }]);
    platform.controlPlane.commit(partial('pp-part', ['p1', 'p2', 'p3'], { publishedVersion: 1, generation: 3 }));
    await platform.settled();
  });
});

describe('what makes no request', () => {
  it.each([
    ['pp-parts', {}, 'Missing variable partials: which'],
    ['pp-parts', { which: 'pp-gone' }, 'Missing prompt partials: pp-gone'],
    ['pp-hello', 'text', 'variables must be an object'],
  ])('%s with %j', async (reference, variables, message) => {
    expect(await failure(await complete(reference, { variables }))).toEqual({ status: 400, message });
  });

  it('a template that is not valid', async () => {
    const { status, message } = await failure(await complete('pp-broken'));
    expect(status).toBe(400);
    expect(message).toMatch(/^Error in parsing prompt template: /);
  });
});

describe('prompts in configs', () => {
  it('a target may have a prompt of its own, with the credential of that prompt', async () => {
    fleet.at('oai').script({ status: 500 });
    const response = await complete(
      'pp-hello',
      {},
      { headers: { 'x-portkey-config': 'pc-two', 'x-portkey-trace-id': 'two' } },
    );
    expect(response.status).toBe(200);
    expect(sent('oai')).toMatchObject({ temperature: 0.5, messages: [{ role: 'user', content: 'one Ada' }] });
    expect(sent('anth')).toMatchObject({ max_tokens: 9 });
    expect(JSON.stringify(sent('anth').messages)).toContain('claude Ada');
    const records = await platform.gateway.logRecords(2, ({ traceId }) => traceId === 'two');
    expect(records.map(({ promptSlug, promptVersionId }) => [promptSlug, promptVersionId])).toEqual([
      ['pp-hello', 'pp-hello-v1'],
      ['pp-claude', 'pp-claude-v1'],
    ]);
  });

  it('a target with only a virtual key takes the prompt of the path', async () => {
    await complete('pp-claude', {}, { headers: { 'x-portkey-config': 'pc-key' } });
    expect(JSON.stringify(sent('anth').messages)).toContain('claude Ada');
  });

  it('all of one kind, and all of them known', async () => {
    expect(await failure(await complete('pp-hello', {}, { headers: { 'x-portkey-config': 'pc-mixed' } }))).toEqual({
      status: 400,
      message: 'All prompts of one config must be of one model type',
    });
    expect(await failure(await complete('pp-hello', {}, { headers: { 'x-portkey-config': 'pc-lost' } }))).toEqual({
      status: 400,
      message: 'Following prompt_id are not valid: pp-gone',
    });
  });

  it('nowhere else', async () => {
    for (const chosen of ['pc-two', '{"prompt_id":"pp-hello"}']) {
      const response = await platform.gateway.post(
        '/chat/completions',
        { model: 'm', messages: [] },
        { headers: { 'x-portkey-config': chosen } },
      );
      expect(await failure(response)).toEqual({
        status: 400,
        message: 'You cannot pass config with prompt id in /v1/prompts route',
      });
    }
  });
});

describe('rendering', () => {
  const render = (reference: string, body: object = {}, options: PostOptions = {}) =>
    platform.gateway.post(`/prompts/${reference}/render`, { variables: { name: 'Ada' }, ...body }, options);

  it('shows what would be sent, and sends nothing', async () => {
    const response = await render('pp-hello@1', { temperature: 0.75 });
    expect(response.status).toBe(200);
    const rendered = (await response.json()) as { success: boolean; data: object };
    expect(fleet.calls()).toEqual({});
    await complete('pp-hello@1', { temperature: 0.75 });
    expect(rendered).toEqual({ success: true, data: sent() });
  });

  it('has a scope of its own, and leaves no record', async () => {
    const [renders, completes] = [newKey(), newKey()];
    platform.controlPlane.commit(
      apiKey(renders, platform.vault.pepper, { id: 'renders', scopes: ['prompts.render'] }),
      apiKey(completes, platform.vault.pepper, { id: 'completes', scopes: ['completions.write'] }),
    );
    await platform.settled();
    const as = (key: string) => ({ headers: { 'x-portkey-api-key': key } });
    expect((await render('pp-hello', {}, as(renders))).status).toBe(200);
    expect((await complete('pp-hello', {}, as(renders))).status).toBe(403);
    expect((await render('pp-hello', {}, as(completes))).status).toBe(403);
    expect((await complete('pp-hello', {}, as(completes))).status).toBe(200);
    const records = await platform.gateway.logRecords(1, ({ apiKeyId }) => ['renders', 'completes'].includes(apiKeyId));
    expect(records.map(({ apiKeyId }) => apiKeyId)).toEqual(['completes']);
  });

  it('an unknown prompt is the same 404', async () => {
    expect(await failure(await render('pp-none'))).toEqual({ status: 404, message: 'Invalid prompt id' });
  });
});

describe('a prompt that was changed a moment ago', () => {
  it('is read anew for a caller who says so', async () => {
    platform.controlPlane.commitUnseen(prompt('pp-raw', [{ ...SAVED, template: messages('new') }], { generation: 2 }));
    const before = platform.controlPlane.asked.revisions;
    const asked = complete('pp-raw', {}, { headers: { 'x-portkey-refresh-prompt-cache': 'true' } });
    await expect.poll(() => platform.controlPlane.asked.revisions).toBeGreaterThan(before);
    platform.controlPlane.tellNow();
    expect((await asked).status).toBe(200);
    expect(sent().messages).toEqual([{ role: 'user', content: 'new' }]);
  });

  it('one that was made a moment ago is waited for', async () => {
    platform.controlPlane.commitUnseen(prompt('pp-new', [{ ...SAVED, template: messages('fresh') }]));
    const before = platform.controlPlane.asked.revisions;
    const asked = complete('pp-new');
    await expect.poll(() => platform.controlPlane.asked.revisions).toBeGreaterThan(before);
    platform.controlPlane.tellNow();
    expect((await asked).status).toBe(200);
  });
});

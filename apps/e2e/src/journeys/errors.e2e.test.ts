import { type StandIn, startStandIn } from '@portolan/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { at, type Config } from '../set-up/json.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { configOf, PROVIDERS } from '../set-up/providers.ts';
import { pythonProblem, runPython } from '../set-up/python.ts';
import { QUESTION, rawChat } from '../set-up/raw.ts';
import { SDKS } from '../set-up/sdks.ts';

let platform: Platform;
let standIn: StandIn;
beforeAll(async () => {
  [platform, standIn] = await Promise.all([startPlatform(), startStandIn('openai')]);
});
beforeEach(() => standIn.reset());
afterAll(async () => {
  await Promise.all([platform?.stop(), standIn?.close()]);
});

const config = (more: Config = {}): Config => ({
  provider: 'openai',
  api_key: 'sk-key',
  custom_host: standIn.url,
  ...more,
});
const CALL = { id: 'call', path: 'chat.completions.create', params: QUESTION };
const NO_PROVIDER = 'Either x-portkey-config or x-portkey-provider header is required';

describe.each(SDKS)('$name', (sdk) => {
  it.skipIf(!sdk.canRun)('shows the words of a wrong gateway key with 401', async () => {
    const result = (await sdk.run({ ...platform, apiKey: 'pk-nobody-issued-this' }, config(), [CALL])).get('call');
    expect(result?.error?.status).toBe(401);
    expect(result?.error?.message).toContain('Invalid API Key. Error Code: 03');
    expect(result?.error?.message).not.toContain('no body');
    expect(standIn.requests).toHaveLength(0);
  });

  it.skipIf(!sdk.canRun)('shows what is wrong with a config with 400', async () => {
    const broken = { strategy: { mode: 'round-robin' }, targets: [] };
    const result = (await sdk.run(platform, broken, [CALL])).get('call');
    expect(result?.error?.status).toBe(400);
    expect(result?.error?.message).toContain('Invalid config passed');
  });

  it.skipIf(!sdk.canRun)('shows the provider’s own words and status', async () => {
    standIn.script({ status: 400, message: 'the harbour is closed' });
    const result = (await sdk.run(platform, config(), [CALL])).get('call');
    expect(result?.error?.status).toBe(400);
    expect(result?.error?.message).toContain('openai error: the harbour is closed');
  });

  it.skipIf(!sdk.canRun)('shows a refused stream as an error with its status, not as a stream', async () => {
    standIn.script({ status: 401, message: 'no such key' });
    const stream = { ...CALL, params: { ...QUESTION, stream: true } };
    const result = (await sdk.run(platform, config(), [stream])).get('call');
    expect(result?.items).toEqual([]);
    expect(result?.error?.status).toBe(401);
  });

  it.skipIf(!sdk.canRun)('sends one request when the gateway has already tried for it', async () => {
    const busy = { status: 429, headers: { 'retry-after-ms': '20' } };
    standIn.script(busy, busy);
    const retry = { attempts: 1, use_retry_after_header: true };
    const result = (await sdk.run(platform, config({ retry }), [CALL])).get('call');
    expect(result?.error?.status).toBe(429);
    expect(standIn.requests).toHaveLength(2);
  });
});

describe('LlamaIndex', () => {
  it.skipIf(pythonProblem !== '')(`${pythonProblem}shows the words of a wrong gateway key with 401`, async () => {
    const results = await runPython('llama_index_calls.py', {
      options: { base_url: platform.apiUrl, api_key: 'pk-nobody-issued-this', headers: { config: config() } },
      calls: [{ id: 'chat', method: 'chat', prompt: 'hello' }],
    });
    expect(results.get('chat')?.error).toMatchObject({ status: 401 });
    expect(results.get('chat')?.error?.message).toContain('Invalid API Key. Error Code: 03');
  });
});

describe('an error of the gateway', () => {
  it('has one body that every reader understands', async () => {
    const { status, headers, body } = await rawChat({ ...platform, apiKey: 'pk-nobody-issued-this' }, config());
    const message = 'Portkey Error: Invalid API Key. Error Code: 03';
    expect(status).toBe(401);
    expect(body).toEqual({
      status: 'failure',
      message,
      error: { message, type: 'invalid_api_key', param: null, code: '03' },
    });
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('says which header is missing', async () => {
    const { status, body } = await rawChat(platform, undefined);
    expect(status).toBe(400);
    expect(at(body, 'error', 'message')).toBe(NO_PROVIDER);
    expect(at(body, 'message')).toBe(NO_PROVIDER);
  });

  it('says that a config is no JSON, and lists what is wrong inside one that is', async () => {
    const noJson = await rawChat(platform, '{bad');
    expect(noJson.status).toBe(400);
    expect(at(noJson.body, 'error', 'message')).toBe('Invalid config passed. You need to pass a valid json');
    const noMode = await rawChat(platform, { strategy: { mode: 'zzz' }, targets: [config()] });
    expect(noMode.status).toBe(400);
    expect(at(noMode.body, 'errors', 0)).toMatch(/^path: strategy,mode/);
  });

  it('does not know a saved config that nobody saved', async () => {
    const { status, body } = await rawChat(platform, 'pc-nobody');
    expect(status).toBe(400);
    expect(at(body, 'error', 'message')).toBe('Invalid config id passed');
  });

  it('names the provider that cannot be reached, and never its address', async () => {
    const gone = await startStandIn('openai');
    await gone.close();
    const { status, body } = await rawChat(platform, config({ custom_host: gone.url }));
    expect(status).toBe(502);
    expect(at(body, 'error', 'message')).toBe('Could not connect to openai');
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
  });

  it('refuses a host inside the network that nobody trusts', async () => {
    const { status, body } = await rawChat(platform, config({ custom_host: 'http://10.0.0.7:9000/v1' }));
    expect(status).toBe(400);
    expect(at(body, 'error', 'message')).toBe('Invalid custom host');
  });
});

describe.each(PROVIDERS)('a wrong key of $provider', (choice) => {
  it('is told with the status and words of the provider', async () => {
    const strict = await startStandIn(choice.provider, { apiKey: 'another-key' });
    try {
      const { status, body } = await rawChat(platform, configOf(choice, strict));
      expect([400, 401, 403]).toContain(status);
      expect(at(body, 'error', 'message')).toMatch(new RegExp(`^${choice.provider} error: \\S`));
      expect(at(body, 'provider')).toBe(choice.provider);
      expect(JSON.stringify(body)).not.toContain(choice.apiKey);
    } finally {
      await strict.close();
    }
  });
});

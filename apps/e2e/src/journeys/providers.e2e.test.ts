import { type StandIn, startStandIn } from '@portolan/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { at, type Json } from '../set-up/json.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { configOf, maxTokensAsked, modelAsked, OWN_FINISH, PROVIDERS } from '../set-up/providers.ts';
import { pythonProblem, runPython } from '../set-up/python.ts';
import { SDKS } from '../set-up/sdks.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform?.stop());

const LLAMA_INDEX_CALLS = [
  { id: 'chat', method: 'chat', prompt: 'name a bird' },
  { id: 'stream_chat', method: 'stream_chat', prompt: 'name a fish' },
  { id: 'complete', method: 'complete', prompt: 'name a tree' },
  { id: 'stream_complete', method: 'stream_complete', prompt: 'name a star' },
  { id: 'acomplete', method: 'acomplete', prompt: 'name a stone' },
  { id: 'astream_complete', method: 'astream_complete', prompt: 'name a river' },
];

const textOf = (chunks: readonly Json[]): string =>
  chunks.map((chunk) => at(chunk, 'choices', 0, 'delta', 'content') ?? '').join('');

describe.each(PROVIDERS)('a config for $provider', (choice) => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn(choice.provider, { apiKey: choice.apiKey });
  });
  beforeEach(() => standIn.reset());
  afterAll(async () => standIn?.close());

  const expectRealModel = (): void => {
    for (const request of standIn.requests) {
      expect(request.problem).toBeUndefined();
      expect(modelAsked(request)).toBe(choice.model);
      expect(maxTokensAsked(request)).toBe(64);
    }
  };

  it.skipIf(pythonProblem !== '')(`${pythonProblem}serves every kind of LlamaIndex call`, async () => {
    const results = await runPython('llama_index_calls.py', {
      options: { base_url: platform.apiUrl, api_key: platform.apiKey, headers: { config: configOf(choice, standIn) } },
      calls: LLAMA_INDEX_CALLS,
    });
    for (const { id, prompt } of LLAMA_INDEX_CALLS) {
      const result = results.get(id);
      expect(result?.error, `${id} ${JSON.stringify(standIn.requests.map((r) => r.problem))}`).toBeNull();
      const last = id.includes('stream') ? result?.items.at(-1) : result?.value;
      expect(at(last, 'text'), id).toBe(`You said: ${prompt}`);
      if (id.includes('stream')) expect(result?.items.length, id).toBeGreaterThan(1);
    }
    expect(standIn.requests).toHaveLength(LLAMA_INDEX_CALLS.length);
    expectRealModel();
  });

  it.for(SDKS)('answers $name plainly and as a stream, with the same text', async (sdk, { skip }) => {
    skip(!sdk.canRun, sdk.name);
    const params = { model: 'gpt-3.5-turbo', messages: [{ role: 'user', content: 'count to ten please' }] };
    const results = await sdk.run(platform, configOf(choice, standIn), [
      { id: 'plain', path: 'chat.completions.create', params },
      { id: 'stream', path: 'chat.completions.create', params: { ...params, stream: true } },
    ]);
    const [plain, stream] = [results.get('plain'), results.get('stream')];
    expect([plain?.error, stream?.error]).toEqual([null, null]);
    expect(at(plain?.value, 'choices', 0, 'message', 'content')).toBe('You said: count to ten please');
    expect(at(plain?.value, 'object')).toBe('chat.completion');
    expect(at(plain?.value, 'usage', 'total_tokens')).toBeGreaterThan(0);
    expect(textOf(stream?.items ?? [])).toBe('You said: count to ten please');
    const finishes = stream?.items.flatMap((chunk) => at(chunk, 'choices', 0, 'finish_reason') ?? []);
    const finish = sdk.strict ? 'stop' : OWN_FINISH[choice.provider].stop;
    expect(finishes).toEqual([finish]);
    expect(at(plain?.value, 'choices', 0, 'finish_reason')).toBe(finish);
    expectRealModel();
  });
});

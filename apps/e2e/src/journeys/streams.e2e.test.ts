import { type StandIn, startStandIn } from '@portolan/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../set-up/json.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { pythonProblem, runPython } from '../set-up/python.ts';
import { QUESTION } from '../set-up/raw.ts';
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

const IDLE_MS = 300;
const config = (): Config => ({
  provider: 'openai',
  api_key: 'sk-key',
  custom_host: standIn.url,
  override_params: { model: 'gpt-4o' },
  stream_idle_timeout: IDLE_MS,
});
const LONG = 'one two three four five six seven eight nine ten';
const CALL = { id: 'stream', path: 'chat.completions.create', params: { ...QUESTION, stream: true } };

const BREAKS = [
  {
    what: 'that the provider cuts',
    script: { text: LONG, cutAfter: 3 },
    says: 'upstream connection closed before the response was complete',
  },
  { what: 'that stalls', script: { text: LONG, stallAfter: 3 }, says: 'upstream sent nothing for too long' },
  {
    what: 'in which the provider reports an error',
    script: { text: LONG, errorAfter: 3, message: 'out of ideas' },
    says: 'out of ideas',
  },
];

describe.each(BREAKS)('a stream $what', ({ script, says }) => {
  it.for(SDKS)('raises in $name after the chunks that came, and never ends cleanly', async (sdk, { skip }) => {
    skip(!sdk.canRun, sdk.name);
    standIn.script(script);
    const result = (await sdk.run(platform, config(), [CALL])).get('stream');
    expect(result?.items.length).toBeGreaterThan(0);
    expect(result?.error).not.toBeNull();
    expect(result?.error?.message).toMatch(says);
    expect(standIn.requests).toHaveLength(1);
  });

  it.skipIf(pythonProblem !== '')(`${pythonProblem}raises in LlamaIndex`, async () => {
    standIn.script(script);
    const results = await runPython('llama_index_calls.py', {
      options: { base_url: platform.apiUrl, api_key: platform.apiKey, headers: { config: config() } },
      calls: [{ id: 'stream', method: 'stream_chat', prompt: 'go' }],
    });
    const result = results.get('stream');
    expect(result?.items.length).toBeGreaterThan(0);
    expect(result?.error?.message).toMatch(says);
  });
});

describe('a whole stream', () => {
  it('ends with [DONE] and carries the exact content type that clients compare', async () => {
    const answer = await fetch(`${platform.apiUrl}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-portkey-api-key': platform.apiKey,
        'x-portkey-config': JSON.stringify(config()),
      },
      body: JSON.stringify({ ...QUESTION, stream: true }),
      signal: AbortSignal.timeout(20_000),
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await answer.text()).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('stops the provider when the client leaves', async () => {
    standIn.script({ text: LONG, stallAfter: 2 });
    const leaving = new AbortController();
    const answer = await fetch(`${platform.apiUrl}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-portkey-api-key': platform.apiKey,
        'x-portkey-config': JSON.stringify({ ...config(), stream_idle_timeout: 60_000 }),
      },
      body: JSON.stringify({ ...QUESTION, stream: true }),
      signal: leaving.signal,
    });
    await answer.body?.getReader().read();
    leaving.abort();
    await expect.poll(() => standIn.requests[0]?.outcome, { timeout: 5_000 }).toBe('left');
  });
});

import { type StandIn, startStandIn } from '@portolan/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { at, type Config } from '../set-up/json.ts';
import { keepVirtualKey } from '../set-up/manage.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { modelAsked } from '../set-up/providers.ts';
import { rawChat } from '../set-up/raw.ts';

let first: StandIn;
let second: StandIn;
let claude: StandIn;
let platform: Platform;
beforeAll(async () => {
  [first, second, claude] = await Promise.all([
    startStandIn('openai'),
    startStandIn('openai'),
    startStandIn('anthropic'),
  ]);
  platform = await startPlatform();
  const kept = [
    ['openai-prod', { provider: 'openai', key: 'sk-one', custom_host: first.url }],
    ['openai-spare', { provider: 'openai', key: 'sk-two', custom_host: second.url }],
    ['anthropic-prod', { provider: 'anthropic', key: 'sk-ant', custom_host: claude.url }],
  ] as const;
  for (const [slug, fields] of kept) await keepVirtualKey(platform, slug, fields);
});
beforeEach(() => {
  for (const standIn of [first, second, claude]) standIn.reset();
});
afterAll(async () => {
  await Promise.all([platform, first, second, claude].map((part) => ('stop' in part ? part.stop() : part.close())));
});

const target = (standIn: StandIn, more: Config = {}): Config => ({
  provider: 'openai',
  api_key: 'sk-key',
  custom_host: standIn.url,
  ...more,
});
/** A refusal that asks for a wait of milliseconds, so that real retries stay quick. */
const BUSY = { status: 429, headers: { 'retry-after-ms': '20' } };

describe('fallback', () => {
  it('answers from the second provider when the first is down, and says so', async () => {
    first.script({ status: 503 });
    const { status, headers, body } = await rawChat(platform, {
      strategy: { mode: 'fallback' },
      targets: [
        { virtual_key: 'openai-prod', override_params: { model: 'gpt-4o' } },
        { virtual_key: 'anthropic-prod', override_params: { model: 'claude-3-opus-20240229', max_tokens: 64 } },
      ],
    });
    expect(status).toBe(200);
    expect(headers.get('x-portkey-last-used-option-index')).toBe('config.targets[1]');
    expect(headers.get('x-portkey-provider')).toBe('anthropic');
    expect(at(body, 'choices', 0, 'message', 'content')).toBe('You said: How deep is the harbour?');
    expect(first.requests.map(modelAsked)).toEqual(['gpt-4o']);
    expect(claude.requests.map(modelAsked)).toEqual(['claude-3-opus-20240229']);
  });

  it('stays with the first provider while it answers', async () => {
    const { headers } = await rawChat(platform, {
      strategy: { mode: 'fallback' },
      targets: [target(first), target(second)],
    });
    expect(headers.get('x-portkey-last-used-option-index')).toBe('config.targets[0]');
    expect(second.requests).toHaveLength(0);
  });
});

describe('load balance of two keys', () => {
  const CALLS = 1_000;
  const AT_ONCE = 20;
  /** Chi-square with one degree of freedom: a fair coin exceeds this once in ten thousand runs. */
  const CRITICAL = 15.137;

  const shares = async (weights: readonly [number, number]): Promise<number> => {
    const [a, b] = weights;
    const config = {
      strategy: { mode: 'loadbalance' },
      targets: [
        { virtual_key: 'openai-prod', weight: a },
        { virtual_key: 'openai-spare', weight: b },
      ],
    };
    const statuses = new Set<number>();
    const worker = async (): Promise<void> => {
      for (let i = 0; i < CALLS / AT_ONCE; i++) statuses.add((await rawChat(platform, config)).status);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect([...statuses]).toEqual([200]);
    const counts = [first.requests.length, second.requests.length] as const;
    expect(counts[0] + counts[1]).toBe(CALLS);
    const expected = [(CALLS * a) / (a + b), (CALLS * b) / (a + b)] as const;
    return (counts[0] - expected[0]) ** 2 / expected[0] + (counts[1] - expected[1]) ** 2 / expected[1];
  };

  it('sends half of the calls to each when the weights are equal', async () => {
    expect(await shares([1, 1])).toBeLessThan(CRITICAL);
    expect(first.requests.every((request) => request.headers.authorization === 'Bearer sk-one')).toBe(true);
    expect(second.requests.every((request) => request.headers.authorization === 'Bearer sk-two')).toBe(true);
  });

  it('follows unequal weights', async () => {
    expect(await shares([0.7, 0.3])).toBeLessThan(CRITICAL);
  });

  it('returns the error of the drawn key as it is', async () => {
    first.script({ status: 500 });
    const { status, headers } = await rawChat(platform, {
      strategy: { mode: 'loadbalance' },
      targets: [target(first, { weight: 1 }), target(second, { weight: 0 })],
    });
    expect(status).toBe(500);
    expect(headers.get('x-portkey-last-used-option-index')).toBe('config.targets[0]');
    expect(second.requests).toHaveLength(0);
  });
});

describe('five retries', () => {
  const retry = { attempts: 5, use_retry_after_header: true };

  it('count two after 429, 429, 200', async () => {
    first.script(BUSY, BUSY, 'ok');
    const { status, headers } = await rawChat(platform, target(first, { retry }));
    expect(status).toBe(200);
    expect(headers.get('x-portkey-retry-attempt-count')).toBe('2');
    expect(first.requests).toHaveLength(3);
  });

  it('count zero when the first attempt is answered', async () => {
    const { headers } = await rawChat(platform, target(first, { retry }));
    expect(headers.get('x-portkey-retry-attempt-count')).toBe('0');
    expect(headers.get('x-portkey-last-used-option-index')).toBe('config');
    expect(headers.get('x-portkey-cache-status')).toBe('DISABLED');
  });

  it('give up after six calls with the last error and -1', async () => {
    first.script(BUSY, BUSY, BUSY, BUSY, BUSY, { ...BUSY, message: 'the sixth refusal' });
    const { status, headers, body } = await rawChat(platform, target(first, { retry }));
    expect(status).toBe(429);
    expect(headers.get('x-portkey-retry-attempt-count')).toBe('-1');
    expect(headers.get('x-should-retry')).toBe('false');
    expect(at(body, 'error', 'message')).toBe('openai error: the sixth refusal');
    expect(at(body, 'provider')).toBe('openai');
    expect(first.requests).toHaveLength(6);
  });

  it('never repeat what the provider refuses for good', async () => {
    first.script({ status: 400, message: 'no such thing' });
    const { status } = await rawChat(platform, target(first, { retry }));
    expect(status).toBe(400);
    expect(first.requests).toHaveLength(1);
  });
});

describe('request timeout', () => {
  const TIMEOUT_MS = 300;

  it('answers 408 with exactly this body', async () => {
    first.script({ silent: true });
    const { status, headers, body } = await rawChat(platform, target(first, { request_timeout: TIMEOUT_MS }));
    expect(status).toBe(408);
    expect(body).toEqual({
      error: {
        message: 'Request exceeded the timeout sent in the request: 300ms',
        type: 'timeout_error',
        param: null,
        code: null,
      },
    });
    expect(headers.get('x-portkey-retry-attempt-count')).toBe('0');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('gives each target of a fallback its own time, so the second can answer', async () => {
    first.script({ silent: true });
    const { status, headers } = await rawChat(platform, {
      strategy: { mode: 'fallback' },
      request_timeout: TIMEOUT_MS,
      targets: [target(first), target(second)],
    });
    expect(status).toBe(200);
    expect(headers.get('x-portkey-last-used-option-index')).toBe('config.targets[1]');
  });

  it('comes from a header before it comes from the config', async () => {
    first.script({ silent: true });
    const { status, body } = await rawChat(platform, target(first, { request_timeout: 60_000 }), {
      'x-portkey-request-timeout': '250',
    });
    expect(status).toBe(408);
    expect(at(body, 'error', 'message')).toContain('250ms');
  });

  it('is not spent by a stream that has begun', async () => {
    first.script({ text: 'one two three', paceMs: 150 });
    const answer = await fetch(`${platform.apiUrl}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-portkey-api-key': platform.apiKey,
        'x-portkey-config': JSON.stringify(target(first, { request_timeout: TIMEOUT_MS })),
      },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'go' }], stream: true }),
      signal: AbortSignal.timeout(20_000),
    });
    expect(await answer.text()).toMatch(/data: \[DONE\]\n\n$/);
  });
});

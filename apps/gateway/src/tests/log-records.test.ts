import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../log-record.ts';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { type GatewayUnderTest, type PostOptions, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
let gateway: GatewayUnderTest;
let traces = 0;

beforeAll(async () => {
  fleet = await startFleet({ one: 'openai', two: 'openai', anth: 'anthropic' });
  gateway = await startGateway({ virtualKeys: fleet.virtualKeys, configs: { 'pc-saved': { virtual_key: 'one' } } });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
});
beforeEach(() => fleet.reset());

interface Asked {
  readonly response: Response;
  readonly text: string;
  readonly rows: readonly LogRecord[];
}

const chat = (rest: object = {}) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...rest });

/** One call and the records it left. */
const ask = async (
  options: PostOptions,
  body: object = chat(),
  path = '/chat/completions',
  rows = 1,
): Promise<Asked> => {
  traces += 1;
  const trace = `records-${traces}`;
  const response = await gateway.post(path, body, {
    ...options,
    headers: { 'x-portkey-trace-id': trace, ...options.headers },
  });
  const text = await response.text();
  return { response, text, rows: await gateway.logRecords(rows, ({ traceId }) => traceId === trace) };
};

const only = ({ rows }: Asked): LogRecord => {
  const [row, ...more] = rows;
  if (row === undefined || more.length > 0) throw new Error(`${rows.length} records`);
  return row;
};

const one = { virtual_key: 'one' };

describe('one record for each target that was tried', () => {
  it('with what was asked, where it went and how it ended', async () => {
    const asked = await ask({
      config: 'pc-saved',
      headers: {
        'x-portkey-package-version': 'portkey-2.3.1',
        'x-portkey-runtime': 'CPython',
        'x-portkey-runtime-version': '3.12.3',
      },
    });
    const row = only(asked);
    expect(row).toMatchObject({
      endpoint: 'chatComplete',
      requestMethod: 'POST',
      requestUrl: '/v1/chat/completions',
      provider: 'openai',
      virtualKey: 'one',
      model: 'gpt-4o-mini',
      config: 'pc-saved',
      lastUsedOptionIndex: 'config',
      stream: false,
      status: 200,
      isSuccess: true,
      outcome: 'complete',
      errorType: null,
      errorMessage: null,
      finishReason: 'stop',
      retryCount: 0,
      cacheStatus: 'DISABLED',
      spanName: 'llm',
      parentSpanId: null,
      sdkVersion: 'portkey-2.3.1',
      runtime: 'CPython',
      runtimeVersion: '3.12.3',
      timeToLastTokenMs: null,
      bodiesDropped: false,
    });
    expect(row.configVersion).toBeTruthy();
    expect(row.apiKeyId).toMatch(/^key-/);
    expect(Math.abs(Date.parse(row.createdAt) - Date.now())).toBeLessThan(60_000);
    expect(row.responseTimeMs).toBeGreaterThan(0);
    expect(row.responseTimeMs).toBeGreaterThanOrEqual(row.attempts[0]?.durationMs ?? Number.POSITIVE_INFINITY);
  });

  it('joined by the trace and the request, each with its own status, path and price', async () => {
    fleet.at('one').script({ status: 503 }, { status: 503 });
    fleet.at('anth').script({ usage: { promptTokens: 10, completionTokens: 5 } });
    const config = {
      strategy: { mode: 'fallback' },
      targets: [
        { ...one, retry: { attempts: 1 } },
        { virtual_key: 'two', request_timeout: 40 },
        { virtual_key: 'anth', override_params: { model: 'claude-haiku-4-5' } },
      ],
    };
    fleet.at('two').script({ silent: true });
    const { rows } = await ask({ config }, chat(), '/chat/completions', 3);
    expect(
      rows.map((row) => [
        row.lastUsedOptionIndex,
        row.provider,
        row.virtualKey,
        row.model,
        row.status,
        row.isSuccess,
        row.retryCount,
      ]),
    ).toEqual([
      ['config.targets[0]', 'openai', 'one', 'gpt-4o-mini', 503, false, -1],
      ['config.targets[1]', 'openai', 'two', 'gpt-4o-mini', 408, false, 0],
      ['config.targets[2]', 'anthropic', 'anth', 'claude-haiku-4-5', 200, true, 0],
    ]);
    expect(new Set(rows.map(({ internalTraceId }) => internalTraceId)).size).toBe(1);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
    expect(rows.map(({ usage }) => usage === null)).toEqual([true, true, false]);
    expect(rows.map(({ costNanoUsd }) => costNanoUsd === '0')).toEqual([true, true, false]);
    expect(rows[1]?.errorType).toBe('timeout_error');
  });

  it('and none for a call that was refused before any target', async () => {
    const refused = [
      await gateway.post('/chat/completions', chat(), {
        config: one,
        headers: { 'x-portkey-trace-id': 'refused', 'x-portkey-api-key': 'unknown' },
      }),
      await gateway.post('/chat/completions', '{bad', { config: one, headers: { 'x-portkey-trace-id': 'refused' } }),
      await gateway.post('/chat/completions', chat(), { config: '{bad', headers: { 'x-portkey-trace-id': 'refused' } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 400, 400]);
    await ask({ config: one });
    expect(await gateway.logRecords(0, ({ traceId }) => traceId === 'refused')).toEqual([]);
  });

  it('also for a target that could not be called', async () => {
    const row = only(await ask({ config: { virtual_key: 'anth' } }, { model: 'x', input: 'a' }, '/embeddings'));
    expect(row).toMatchObject({
      endpoint: 'embed',
      provider: 'anthropic',
      status: 501,
      isSuccess: false,
      attempts: [],
      errorType: 'unsupported_endpoint',
      usage: null,
    });
  });
});

describe('attempts', () => {
  it('stand in order, with their time, status and what was asked for', async () => {
    fleet.at('one').script({ status: 429, headers: { 'retry-after-ms': '2' } }, { reset: true }, 'ok');
    const row = only(await ask({ config: { ...one, retry: { attempts: 3, use_retry_after_header: true } } }));
    expect(row).toMatchObject({ status: 200, retryCount: 2 });
    expect(row.attempts).toHaveLength(3);
    const [limited, reset, good] = row.attempts;
    expect(limited).toMatchObject({ status: 429, retryAfterMs: 2 });
    expect(reset).toMatchObject({ status: 502, error: 'connection_error' });
    expect(good).toMatchObject({ status: 200 });
    expect(good?.error).toBeUndefined();
    const starts = row.attempts.map(({ startMs }) => startMs);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    for (const { durationMs } of row.attempts) expect(durationMs).toBeGreaterThanOrEqual(0);
  });

  it('that all failed are all kept', async () => {
    fleet.at('one').script({ status: 500 }, { status: 502 }, { status: 503 });
    const row = only(await ask({ config: { ...one, retry: { attempts: 2 } } }));
    expect(row.attempts.map(({ status }) => status)).toEqual([500, 502, 503]);
    expect(row).toMatchObject({ status: 503, retryCount: -1, isSuccess: false, costNanoUsd: '0' });
  });
});

describe('usage and cost', () => {
  const usage = { promptTokens: 1_000, completionTokens: 200, cacheReadTokens: 400, reasoningTokens: 50 };

  it('of a model with a price are whole nano-dollars', async () => {
    fleet.at('one').script({ usage });
    const row = only(await ask({ config: one }));
    expect(row.usage).toMatchObject({
      promptTokens: 1_000,
      completionTokens: 200,
      totalTokens: 1_200,
      cacheReadTokens: 400,
    });
    // 0.15 and 0.60 dollars for a million tokens, 0.075 for those read from the cache.
    expect(row.costNanoUsd).toBe(String(600 * 150 + 400 * 75 + 200 * 600));
    expect(row.costStatus).toBe('known');
  });

  it('of a stream are the same as those of a plain answer', async () => {
    fleet.at('one').script({ usage }, { usage });
    const plain = only(await ask({ config: one }));
    const streamed = only(await ask({ config: one }, chat({ stream: true })));
    expect(streamed.usage).toEqual(plain.usage);
    expect(streamed.costNanoUsd).toBe(plain.costNanoUsd);
    expect(streamed).toMatchObject({ stream: true, finishReason: 'stop' });
    expect(streamed.timeToFirstTokenMs).toBeGreaterThan(0);
    expect(streamed.timeToLastTokenMs).toBeGreaterThanOrEqual(streamed.timeToFirstTokenMs ?? Number.POSITIVE_INFINITY);
  });

  it('of a model without a price: the cost is null, never zero', async () => {
    fleet.at('one').script({ usage });
    const row = only(await ask({ config: one }, chat({ model: 'gpt-nobody-knows' })));
    expect(row.usage).toMatchObject({ promptTokens: 1_000 });
    expect(row.costNanoUsd).toBeNull();
    expect(row.costStatus).not.toBe('known');
  });

  it('are priced by the model that answered, where that is known', async () => {
    fleet.at('one').script({ usage: { promptTokens: 1_000, completionTokens: 0 }, model: 'gpt-4o-mini-2024-07-18' });
    const row = only(await ask({ config: one }, chat({ model: 'gpt-alias' })));
    expect(row.costNanoUsd).toBe('150000');
  });

  it('of a call that failed are nothing', async () => {
    fleet.at('one').script({ status: 401 });
    expect(only(await ask({ config: one }))).toMatchObject({ usage: null, costNanoUsd: '0', isSuccess: false });
  });
});

describe('who and what for', () => {
  it('metadata, ids and spans of the caller', async () => {
    const row = only(
      await ask(
        {
          config: one,
          headers: {
            'x-portkey-metadata': '{"team":"blue","n":7}',
            baggage: 'tier=paid',
            'x-portkey-span-id': 'span-1',
            'x-portkey-span-name': 'step',
            'x-portkey-parent-span-id': 'parent-1',
          },
        },
        chat({ user: 'ada' }),
      ),
    );
    expect(row.metadata).toEqual({ tier: 'paid', team: 'blue', n: '7', _user: 'ada' });
    expect(row).toMatchObject({ spanId: 'span-1', spanName: 'step', parentSpanId: 'parent-1' });
  });

  it('W3C trace context, where no trace id is given', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const response = await gateway.post('/chat/completions', chat(), { config: one, headers: { traceparent } });
    expect(response.headers.get('x-portkey-trace-id')).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    const [row] = await gateway.logRecords(1, ({ traceId }) => traceId === '4bf92f3577b34da6a3ce929d0e0e4736');
    expect(row).toMatchObject({ parentSpanId: '00f067aa0ba902b7', spanName: 'POST /v1/chat/completions' });
    expect(row?.spanId).toMatch(/^[0-9a-f]{16}$/);
  });

  it('without metadata there is none, and metadata that is no JSON is none', async () => {
    expect(only(await ask({ config: one })).metadata).toEqual({});
    expect(only(await ask({ config: one, headers: { 'x-portkey-metadata': '{bad' } })).metadata).toEqual({});
  });

  it('an inline config is called so, and no config is null', async () => {
    expect(only(await ask({ config: one }))).toMatchObject({ config: 'inline', configVersion: null });
    expect(only(await ask({ headers: { 'x-portkey-provider': '@one' } }))).toMatchObject({ config: null });
  });

  it('parameters that did not go on', async () => {
    const config = { virtual_key: 'anth', override_params: { model: 'claude-haiku-4-5' } };
    const row = only(await ask({ config }, chat({ seed: 7 })));
    expect(row.notices).toContainEqual(expect.objectContaining({ kind: 'dropped', param: 'seed' }));
    expect(only(await ask({ config: one })).notices).toEqual([]);
  });
});

describe('bodies', () => {
  it('as the caller sent it, as it was sent on where that differs, and as the caller got it', async () => {
    const asked = await ask({ config: { ...one, override_params: { temperature: 0.2 } } });
    const row = only(asked);
    expect(JSON.parse(row.requestBody ?? '')).toEqual(chat());
    expect(JSON.parse(row.sentBody ?? '')).toMatchObject({ ...chat(), temperature: 0.2 });
    expect(row.responseBody).toBe(asked.text);
    expect(only(await ask({ config: one })).sentBody).toBeNull();
  });

  it('a stream is kept as one answer', async () => {
    fleet.at('one').script({ text: 'one two three' });
    const row = only(await ask({ config: one }, chat({ stream: true })));
    expect(JSON.parse(row.responseBody ?? '')).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'one two three' }, finish_reason: 'stop' }],
    });
  });

  it('an error is kept as the caller saw it, or would have', async () => {
    fleet.at('one').script({ status: 401, message: 'who are you' });
    const asked = await ask({ config: one });
    expect(only(asked).responseBody).toBe(asked.text);
    fleet.reset();
    fleet.at('one').script({ status: 503, message: 'not now' });
    const config = { strategy: { mode: 'fallback' }, targets: [one, { virtual_key: 'two' }] };
    const { rows } = await ask({ config }, chat(), '/chat/completions', 2);
    expect(rows[0]?.responseBody).toContain('not now');
  });

  it('the vectors of embeddings are left out', async () => {
    const row = only(await ask({ config: one }, { model: 'text-embedding-3-small', input: 'canary' }, '/embeddings'));
    expect(row).toMatchObject({ endpoint: 'embed', status: 200 });
    expect(row.requestBody).toContain('canary');
    expect(row.responseBody).toBe('...REDACTED...');
    expect(row.usage?.promptTokens).toBeGreaterThan(0);
  });

  it('a long one is cut, with a mark, and the caller gets all of it', async () => {
    const long = 'long '.repeat(300_000);
    fleet.at('one').script({ text: long });
    const asked = await ask({ config: one }, chat({ messages: [{ role: 'user', content: long }] }));
    expect(asked.text).toContain(long.trim());
    const row = only(asked);
    for (const body of [row.requestBody, row.responseBody]) {
      expect(body?.length).toBeLessThan(1024 * 1024 + 100);
      expect(body).toMatch(/cut at 1048576 of \d+ bytes\]$/);
    }
  });

  describe('with debug switched off', () => {
    const quiet = { 'x-portkey-debug': 'false' };

    it('none of a call that went well, plain or streamed, are kept', async () => {
      for (const stream of [false, true]) {
        const row = only(await ask({ config: one, headers: quiet }, chat({ stream })));
        expect(row).toMatchObject({ status: 200, requestBody: null, sentBody: null, responseBody: null });
        expect(row.usage).not.toBeNull();
        expect(row.finishReason).toBe('stop');
      }
    });

    it('of a call that failed the answer is kept, and nothing of what was asked', async () => {
      fleet.at('one').script({ status: 401, message: 'because' });
      const row = only(await ask({ config: one, headers: quiet }));
      expect(row).toMatchObject({ requestBody: null, sentBody: null });
      expect(row.responseBody).toContain('because');
    });

    it('no text of a prompt or an answer is on the disk', async () => {
      fleet.at('one').script({ text: 'canary-answer' }, { text: 'canary-answer' });
      const config = { ...one, override_params: { user: 'canary-sent' } };
      for (const stream of [false, true]) {
        await ask({ config, headers: quiet }, chat({ stream, messages: [{ role: 'user', content: 'canary-prompt' }] }));
      }
      const folder = `${gateway.dir}/logs`;
      for (const name of await readdir(folder)) {
        const text = await readFile(`${folder}/${name}`, 'utf8');
        for (const canary of ['canary-answer', 'canary-prompt', 'canary-sent']) expect(text).not.toContain(canary);
      }
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chatBody, onlyRecord, type RecordedWorld, startRecordedWorld } from '../testing/recorded-calls.ts';

let world: RecordedWorld;

beforeAll(async () => {
  world = await startRecordedWorld();
});
afterAll(() => world.close());
beforeEach(() => world.fleet.reset());

const one = { virtual_key: 'one' };

describe('one record for each target that was tried', () => {
  it('with what was asked, where it went and how it ended', async () => {
    const asked = await world.ask({
      config: 'pc-saved',
      headers: {
        'x-portkey-package-version': 'portkey-2.3.1',
        'x-portkey-runtime': 'CPython',
        'x-portkey-runtime-version': '3.12.3',
      },
    });
    const row = onlyRecord(asked);
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
    world.fleet.at('one').script({ status: 503 }, { status: 503 });
    world.fleet.at('anth').script({ usage: { promptTokens: 10, completionTokens: 5 } });
    const config = {
      strategy: { mode: 'fallback' },
      targets: [
        { ...one, retry: { attempts: 1 } },
        { virtual_key: 'two', request_timeout: 40 },
        { virtual_key: 'anth', override_params: { model: 'claude-haiku-4-5' } },
      ],
    };
    world.fleet.at('two').script({ silent: true });
    const { rows } = await world.ask({ config }, chatBody(), '/chat/completions', 3);
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
      await world.gateway.post('/chat/completions', chatBody(), {
        config: one,
        headers: { 'x-portkey-trace-id': 'refused', 'x-portkey-api-key': 'unknown' },
      }),
      await world.gateway.post('/chat/completions', '{bad', {
        config: one,
        headers: { 'x-portkey-trace-id': 'refused' },
      }),
      await world.gateway.post('/chat/completions', chatBody(), {
        config: '{bad',
        headers: { 'x-portkey-trace-id': 'refused' },
      }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 400, 400]);
    await world.ask({ config: one });
    expect(await world.gateway.logRecords(0, ({ traceId }) => traceId === 'refused')).toEqual([]);
  });

  it('also for a target that could not be called', async () => {
    const row = onlyRecord(
      await world.ask({ config: { virtual_key: 'anth' } }, { model: 'x', input: 'a' }, '/embeddings'),
    );
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
    world.fleet.at('one').script({ status: 429, headers: { 'retry-after-ms': '2' } }, { reset: true }, 'ok');
    const row = onlyRecord(
      await world.ask({ config: { ...one, retry: { attempts: 3, use_retry_after_header: true } } }),
    );
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
    world.fleet.at('one').script({ status: 500 }, { status: 502 }, { status: 503 });
    const row = onlyRecord(await world.ask({ config: { ...one, retry: { attempts: 2 } } }));
    expect(row.attempts.map(({ status }) => status)).toEqual([500, 502, 503]);
    expect(row).toMatchObject({ status: 503, retryCount: -1, isSuccess: false, costNanoUsd: '0' });
  });
});

describe('usage and cost', () => {
  const usage = { promptTokens: 1_000, completionTokens: 200, cacheReadTokens: 400, reasoningTokens: 50 };

  it('of a model with a price are whole nano-dollars', async () => {
    world.fleet.at('one').script({ usage });
    const row = onlyRecord(await world.ask({ config: one }));
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
    world.fleet.at('one').script({ usage }, { usage });
    const plain = onlyRecord(await world.ask({ config: one }));
    const streamed = onlyRecord(await world.ask({ config: one }, chatBody({ stream: true })));
    expect(streamed.usage).toEqual(plain.usage);
    expect(streamed.costNanoUsd).toBe(plain.costNanoUsd);
    expect(streamed).toMatchObject({ stream: true, finishReason: 'stop' });
    expect(streamed.timeToFirstTokenMs).toBeGreaterThan(0);
    expect(streamed.timeToLastTokenMs).toBeGreaterThanOrEqual(streamed.timeToFirstTokenMs ?? Number.POSITIVE_INFINITY);
  });

  it('of a model without a price: the cost is null, never zero', async () => {
    world.fleet.at('one').script({ usage });
    const row = onlyRecord(await world.ask({ config: one }, chatBody({ model: 'gpt-nobody-knows' })));
    expect(row.usage).toMatchObject({ promptTokens: 1_000 });
    expect(row.costNanoUsd).toBeNull();
    expect(row.costStatus).not.toBe('known');
  });

  it('are priced by the model that answered, where that is known', async () => {
    world.fleet
      .at('one')
      .script({ usage: { promptTokens: 1_000, completionTokens: 0 }, model: 'gpt-4o-mini-2024-07-18' });
    const row = onlyRecord(await world.ask({ config: one }, chatBody({ model: 'gpt-alias' })));
    expect(row.costNanoUsd).toBe('150000');
  });

  it('of a call that failed are nothing', async () => {
    world.fleet.at('one').script({ status: 401 });
    expect(onlyRecord(await world.ask({ config: one }))).toMatchObject({
      usage: null,
      costNanoUsd: '0',
      isSuccess: false,
    });
  });
});

describe('who and what for', () => {
  it('metadata, ids and spans of the caller', async () => {
    const row = onlyRecord(
      await world.ask(
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
        chatBody({ user: 'ada' }),
      ),
    );
    expect(row.metadata).toEqual({ tier: 'paid', team: 'blue', n: '7', _user: 'ada' });
    expect(row).toMatchObject({ spanId: 'span-1', spanName: 'step', parentSpanId: 'parent-1' });
  });

  it('W3C trace context, where no trace id is given', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const response = await world.gateway.post('/chat/completions', chatBody(), {
      config: one,
      headers: { traceparent },
    });
    expect(response.headers.get('x-portkey-trace-id')).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    const [row] = await world.gateway.logRecords(1, ({ traceId }) => traceId === '4bf92f3577b34da6a3ce929d0e0e4736');
    expect(row).toMatchObject({ parentSpanId: '00f067aa0ba902b7', spanName: 'POST /v1/chat/completions' });
    expect(row?.spanId).toMatch(/^[0-9a-f]{16}$/);
  });

  it('without metadata there is none, and metadata that is no JSON is none', async () => {
    expect(onlyRecord(await world.ask({ config: one })).metadata).toEqual({});
    expect(onlyRecord(await world.ask({ config: one, headers: { 'x-portkey-metadata': '{bad' } })).metadata).toEqual(
      {},
    );
  });

  it('an inline config is called so, and no config is null', async () => {
    expect(onlyRecord(await world.ask({ config: one }))).toMatchObject({ config: 'inline', configVersion: null });
    expect(onlyRecord(await world.ask({ headers: { 'x-portkey-provider': '@one' } }))).toMatchObject({ config: null });
  });

  it('parameters that did not go on', async () => {
    const config = { virtual_key: 'anth', override_params: { model: 'claude-haiku-4-5' } };
    const row = onlyRecord(await world.ask({ config }, chatBody({ seed: 7 })));
    expect(row.notices).toContainEqual(expect.objectContaining({ kind: 'dropped', param: 'seed' }));
    expect(onlyRecord(await world.ask({ config: one })).notices).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import vectors from './__fixtures__/cost-vectors.json' with { type: 'json' };
import { type CostQuestion, costOf, costWith, PRICE_FILES, priceCatalog, type Usage } from './index.ts';

const at = new Date('2026-09-01T00:00:00Z');

const usage = (promptTokens: number, completionTokens: number, more: Partial<Usage> = {}): Usage => ({
  promptTokens,
  completionTokens,
  totalTokens: promptTokens + completionTokens,
  ...more,
});

interface VectorUsage {
  readonly prompt: number;
  readonly completion: number;
  readonly cache_read?: number;
  readonly cache_write_5m?: number;
  readonly cache_write_1h?: number;
  readonly reasoning?: number;
  readonly audio_in?: number;
}

const usageOf = (given: VectorUsage, serviceTier: string | undefined): Usage =>
  usage(given.prompt, given.completion, {
    cacheReadTokens: given.cache_read,
    cacheWrite5mTokens: given.cache_write_5m,
    cacheWrite1hTokens: given.cache_write_1h,
    reasoningTokens: given.reasoning,
    audioInputTokens: given.audio_in,
    serviceTier,
  });

test.each(vectors)('$id', (vector) => {
  const cost = costOf({
    provider: vector.provider,
    requestedModel: vector.model,
    usage: vector.usage === null ? undefined : usageOf(vector.usage, vector.service_tier),
    batch: vector.batch,
    at,
  });
  if (vector.expect === null) expect(cost).toEqual({ status: vector.status });
  else expect(cost).toMatchObject({ status: 'known', nanoUsd: Math.round(Number(vector.expect) * 1e9) });
});

const ask = (more: Partial<CostQuestion>): CostQuestion => ({
  provider: 'openai',
  requestedModel: 'gpt-4o',
  usage: usage(1000, 100),
  at,
  ...more,
});

const nanoUsd = (question: CostQuestion): number => {
  const cost = costOf(question);
  if (cost.status !== 'known') throw new Error(cost.status);
  return cost.nanoUsd;
};

describe('unknown is never zero', () => {
  test.each([
    ['a model charged by the minute', { requestedModel: 'whisper-1' }],
    ['a model charged by the image', { requestedModel: 'dall-e-3' }],
    ['a model charged by the search', { provider: 'cohere', requestedModel: 'rerank-v3.5' }],
    ['a provider we do not know', { provider: 'nobody' }],
    ['a fine-tuned model', { requestedModel: 'ft:gpt-4o-2024-08-06:org::id' }],
  ])('%s', (_name, question) => {
    expect(costOf(ask(question))).toEqual({ status: 'unknown_model' });
  });

  test('tokens without a price make the cost incomplete, and it says so', () => {
    expect(costOf(ask({ requestedModel: 'text-embedding-3-small' }))).toMatchObject({ flags: ['not_priced_parts'] });
  });
});

describe('which price', () => {
  test('the model that answered wins over the alias that was asked for', () => {
    const question = ask({
      provider: 'mistral-ai',
      requestedModel: 'mistral-large-latest',
      answeredModel: 'mistral-large-2411',
    });
    expect(costOf(question)).toMatchObject({ match: 'exact', nanoUsd: 2_600_000 });
  });

  test('an answer by an unknown name is priced as asked, and marked', () => {
    expect(costOf(ask({ answeredModel: 'gpt-4o-unheard-of' }))).toMatchObject({ match: 'alias', nanoUsd: 3_500_000 });
  });

  test('a price that sources disagree about is marked', () => {
    expect(costOf(ask({ provider: 'google', requestedModel: 'gemini-3.7-flash' }))).toMatchObject({
      flags: ['price_unconfirmed'],
    });
  });

  test('operator prices win', () => {
    const own = costWith(
      priceCatalog([
        ...PRICE_FILES,
        {
          provider: 'openai',
          prices: [{ model: 'gpt-4o', kind: 'chat', sourceDate: '2026-01-01', confidence: 'A', input: 1, output: 0 }],
        },
      ]),
    );
    expect(own(ask({}))).toMatchObject({ nanoUsd: 1_000_000, match: 'exact' });
  });
});

describe('tiers and batches', () => {
  test('the tier begins above its threshold and holds for every token', () => {
    const long = ask({ provider: 'google', requestedModel: 'gemini-2.5-pro' });
    expect(nanoUsd({ ...long, usage: usage(200_000, 100) })).toBe(251_000_000);
    expect(costOf({ ...long, usage: usage(200_001, 100) })).toMatchObject({
      nanoUsd: 200_001 * 2500 + 100 * 15_000,
      flags: ['tier_price'],
    });
  });

  test('a cache write above the threshold grows with the input price', () => {
    const question = ask({ provider: 'vertex-ai', requestedModel: 'anthropic.claude-opus-4-6' });
    const tokens = usage(300_000, 0, { cacheWrite5mTokens: 1000, cacheWrite1hTokens: 1000 });
    expect(nanoUsd({ ...question, usage: tokens })).toBe(298_000 * 10_000 + 1000 * 12_500 + 1000 * 20_000);
  });

  test('a batch halves what its list does not state, where that is the rule', () => {
    const cached = usage(1000, 0, { cacheReadTokens: 1000 });
    expect(nanoUsd(ask({ usage: cached, batch: true }))).toBe(625_000);
    const groq = ask({ provider: 'groq', requestedModel: 'llama-3.1-8b-instant', usage: usage(1000, 0) });
    expect(nanoUsd({ ...groq, batch: true })).toBe(nanoUsd(groq));
  });

  test('a batch that the answer names counts as one', () => {
    const question = ask({ provider: 'anthropic', requestedModel: 'claude-haiku-4-5' });
    expect(costOf({ ...question, usage: usage(1000, 0, { serviceTier: 'batch' }) })).toMatchObject({
      nanoUsd: 500_000,
      flags: ['batch_price'],
    });
  });

  test.each([
    ['gpt-4o', 'priority', 1.7],
    ['gpt-4o-2024-05-13', 'priority', 1.75],
    ['gpt-5.4-mini', 'fast', 2],
    ['gpt-5', 'flex', 0.5],
    ['gpt-4o', 'default', 1],
  ])('%s at %s costs %d times the list price', (requestedModel, serviceTier, factor) => {
    const plain = ask({ requestedModel });
    expect(nanoUsd({ ...plain, usage: usage(1000, 100, { serviceTier }) })).toBe(Math.round(nanoUsd(plain) * factor));
  });

  test.each([
    ['openai', 'gpt-4o', 'flex'],
    ['openai', 'o3-pro', 'priority'],
    ['google', 'gemini-2.5-flash', 'priority'],
    ['anthropic', 'claude-haiku-4-5', 'priority'],
    ['bedrock', 'amazon.nova-pro-v1:0', 'constructor'],
  ])('%s %s at %s is list price and says so', (provider, requestedModel, serviceTier) => {
    expect(costOf(ask({ provider, requestedModel, usage: usage(1000, 100, { serviceTier }) }))).toMatchObject({
      nanoUsd: nanoUsd(ask({ provider, requestedModel })),
      flags: ['service_tier_not_priced'],
    });
  });
});

describe('usage', () => {
  test('cached audio counts as cached, and never twice', () => {
    const tokens = usage(1000, 0, { cacheReadTokens: 800, audioInputTokens: 400 });
    expect(costOf(ask({ provider: 'google', requestedModel: 'gemini-2.5-flash', usage: tokens }))).toMatchObject({
      nanoUsd: 800 * 30 + 200 * 1000,
      flags: ['usage_inconsistent'],
    });
  });

  test.each([
    usage(Number.NaN, 10),
    usage(-5, 10),
    usage(1.5, 10),
    usage(10, 10, { reasoningTokens: 11 }),
    usage(10, 10, { cacheReadTokens: -1 }),
  ])('nonsense never makes a cost negative or breaks: %j', (tokens) => {
    const cost = costOf(ask({ usage: tokens }));
    expect(cost).toMatchObject({ status: 'known', flags: ['usage_inconsistent'] });
    expect(cost.status === 'known' && cost.nanoUsd).toBeGreaterThan(0);
  });

  test('a cost that the provider names is taken, and ours stands beside it', () => {
    const tokens = usage(1000, 100, { upstreamCostUsd: 0.0035000005 });
    expect(costOf(ask({ usage: tokens }))).toMatchObject({
      source: 'upstream',
      nanoUsd: 3_500_001,
      computedNanoUsd: 3_500_000,
    });
    expect(costOf(ask({ requestedModel: 'unheard-of', usage: tokens }))).toEqual({
      status: 'known',
      source: 'upstream',
      nanoUsd: 3_500_001,
      flags: [],
    });
    expect(costOf(ask({ usage: usage(1000, 100, { upstreamCostUsd: Number.NaN }) }))).toMatchObject({
      source: 'computed',
    });
  });

  test('no tokens cost nothing, which is known', () => {
    expect(nanoUsd(ask({ usage: usage(0, 0) }))).toBe(0);
  });
});

import { describe, expect, test } from 'vitest';
import { PRICE_FILES, type PriceRow, priceCatalog, priceOf } from './index.ts';

const at = new Date('2026-09-01T00:00:00Z');

test.each([
  ['openai', 'gpt-4o', 'gpt-4o', 'exact'],
  ['openai', 'gpt-4o-2024-08-06', 'gpt-4o', 'base'],
  ['openai', 'gpt-4o-2024-05-13', 'gpt-4o-2024-05-13', 'exact'],
  ['openai', 'gpt-5.6', 'gpt-5.6', 'alias'],
  ['anthropic', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4-5', 'base'],
  ['anthropic', 'claude-sonnet-4-20250514', 'claude-sonnet-4-0', 'base'],
  ['google', 'models/gemini-2.5-flash', 'gemini-2.5-flash', 'exact'],
  ['google', 'gemini-2.0-flash-001', 'gemini-2.0-flash', 'base'],
  ['google', 'gemini-2.5-flash-preview-09-2025', 'gemini-2.5-flash', 'base'],
  ['google', 'gemini-flash-latest', 'gemini-flash-latest', 'alias'],
  ['vertex-ai', 'gemini-2.0-flash-001', 'gemini-2.0-flash-001', 'exact'],
  ['vertex-ai', 'gemini-2.5-pro', 'gemini-2.5-pro', 'fallback_provider'],
  ['vertex-ai', 'google.gemini-2.5-pro', 'gemini-2.5-pro', 'fallback_provider'],
  [
    'vertex-ai',
    'projects/p/locations/l/publishers/anthropic/models/claude-opus-4-8',
    'anthropic.claude-opus-4-8',
    'exact',
  ],
  ['vertex-ai', 'claude-sonnet-4-5-20250929', 'anthropic.claude-sonnet-4-5@20250929', 'exact'],
  ['vertex-ai', 'meta/llama-3.3-70b-instruct-maas', 'meta.llama-3.3-70b-instruct-maas', 'exact'],
  ['bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'exact'],
  ['bedrock', 'anthropic.claude-sonnet-4-6-20260201-v1:0', 'anthropic.claude-sonnet-4-6', 'base'],
  ['bedrock', 'arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0', 'exact'],
  ['bedrock-mantle', 'openai.gpt-oss-120b-1:0', 'openai.gpt-oss-120b-1:0', 'fallback_provider'],
  ['azure-ai', 'gpt-4o-2024-11-20', 'gpt-4o', 'fallback_provider'],
  ['claude-platform-aws', 'claude-haiku-4-5', 'claude-haiku-4-5', 'fallback_provider'],
])('%s %s is priced as %s (%s)', (provider, model, row, match) => {
  expect(priceOf(provider, model, at)).toMatchObject({ row: { model: row }, match });
});

test.each([
  ['openai', 'gpt-99'],
  ['openai', 'claude-haiku-4-5'],
  ['openai', ''],
  ['vertex-ai', 'text-embedding-3-small'],
  ['nebius', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'],
  ['__proto__', 'gpt-4o'],
])('%s %s has no price: hosts of the same model do not share one', (provider, model) => {
  expect(priceOf(provider, model, at)).toBeUndefined();
});

describe('dated prices', () => {
  const row = (input: number, validFrom?: string): PriceRow => ({
    model: 'm',
    kind: 'chat',
    sourceDate: '2026-01-01',
    confidence: 'A',
    input,
    ...(validFrom === undefined ? {} : { validFrom }),
  });
  const inputAt = (rows: readonly PriceRow[], day: string) =>
    priceCatalog([{ provider: 'p', prices: rows }]).priceOf('p', 'm', new Date(`${day}T12:00:00Z`))?.row.input;

  test('the price of the day the request began holds', () => {
    const rows = [row(3, '2026-06-01'), row(1), row(2, '2026-03-01')];
    expect(['2026-01-01', '2026-03-01', '2026-05-31', '2026-06-01'].map((day) => inputAt(rows, day))).toEqual([
      1, 2, 2, 3,
    ]);
  });

  test('before the first dated price nothing is known', () => {
    expect(inputAt([row(2, '2026-03-01')], '2026-02-28')).toBeUndefined();
  });

  test('a remembered model is still priced by date', () => {
    const catalog = priceCatalog([{ provider: 'p', prices: [row(1), row(2, '2026-03-01')] }]);
    const inputs = ['2026-04-01', '2026-01-01', '2026-04-01'].map(
      (day) => catalog.priceOf('p', 'm', new Date(day))?.row.input,
    );
    expect(inputs).toEqual([2, 1, 2]);
  });
});

describe('the price lists', () => {
  const rows = PRICE_FILES.flatMap(({ provider, prices }) => prices.map((price) => ({ provider, ...price })));

  test('name every model once', () => {
    expect(new Set(rows.map(({ provider, model }) => `${provider} ${model}`)).size).toBe(rows.length);
  });

  test.each(rows)('$provider $model is whole', (row) => {
    expect(row.sourceDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(['A', 'B', 'C']).toContain(row.confidence);
    expect(row.input).toBeGreaterThanOrEqual(0);
    const prices = Object.values({ ...row, ...row.tier, aboveTokens: 0 }).filter((value) => typeof value === 'number');
    // Six decimals at most: what the arithmetic is exact for.
    for (const price of prices) expect(price * 1e6).toBeCloseTo(Math.round(price * 1e6), 6);
    if (row.kind === 'chat') expect(row.output).toBeGreaterThanOrEqual((row.input ?? 0) / 2);
    if (row.cachedInput !== undefined) expect(row.cachedInput).toBeLessThanOrEqual(row.input ?? 0);
  });
});

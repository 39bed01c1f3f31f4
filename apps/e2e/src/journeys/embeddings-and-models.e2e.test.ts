import { type StandIn, startStandIn } from '@portolan/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { at, type Config } from '../set-up/json.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
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

const config = (): Config => ({ provider: 'openai', api_key: 'sk-key', custom_host: standIn.url });

/** Clients ask for base64 unless told otherwise, and the Python client of Portkey leaves its users to decode it. */
const numbers = (vector: unknown): number[] => {
  if (Array.isArray(vector)) return vector.map(Number);
  const bytes = Buffer.from(String(vector), 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
};

describe.each(SDKS)('$name', (sdk) => {
  it.skipIf(!sdk.canRun)('gets the same vector for each input in the client’s own format and as numbers', async () => {
    const params = { model: 'text-embedding-3-small', input: ['a harbour', 'a lighthouse'], dimensions: 8 };
    const results = await sdk.run(platform, config(), [
      { id: 'own', path: 'embeddings.create', params },
      { id: 'float', path: 'embeddings.create', params: { ...params, encoding_format: 'float' } },
    ]);
    const [own, float] = [results.get('own'), results.get('float')];
    expect([own?.error, float?.error]).toEqual([null, null]);
    for (const index of [0, 1]) {
      const vector = at(float?.value, 'data', index, 'embedding');
      expect(vector).toHaveLength(8);
      expect(Array.isArray(vector) && vector.every((part) => typeof part === 'number')).toBe(true);
      const rounded = (parts: readonly number[]): number[] => parts.map((part) => Math.fround(part));
      expect(rounded(numbers(at(own?.value, 'data', index, 'embedding')))).toEqual(rounded(numbers(vector)));
    }
    expect(at(float?.value, 'data', 0, 'embedding')).not.toEqual(at(float?.value, 'data', 1, 'embedding'));
    expect(at(float?.value, 'usage', 'total_tokens')).toBeGreaterThan(0);
  });

  it.skipIf(!sdk.canRun)('lists models', async () => {
    const result = (await sdk.run(platform, config(), [{ id: 'list', path: 'models.list', params: {} }])).get('list');
    expect(result?.error).toBeNull();
    expect(at(result?.value, 'data', 0, 'id') ?? at(result?.value, 'body', 'data', 0, 'id')).toMatch(/\S/);
  });
});

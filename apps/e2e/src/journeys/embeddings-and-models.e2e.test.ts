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

describe.each(SDKS)('$name', (sdk) => {
  it.skipIf(!sdk.canRun)('gets one vector for each input, as numbers', async () => {
    const params = { model: 'text-embedding-3-small', input: ['a harbour', 'a lighthouse'] };
    const result = (await sdk.run(platform, config(), [{ id: 'embed', path: 'embeddings.create', params }])).get(
      'embed',
    );
    expect(result?.error).toBeNull();
    const vectors = [0, 1].map((index) => at(result?.value, 'data', index, 'embedding'));
    for (const vector of vectors) {
      expect(Array.isArray(vector) && vector.length).toBeGreaterThan(1);
      expect(Array.isArray(vector) && vector.every((number) => typeof number === 'number')).toBe(true);
    }
    expect(vectors[0]).not.toEqual(vectors[1]);
    expect(at(result?.value, 'usage', 'total_tokens')).toBeGreaterThan(0);
  });

  it.skipIf(!sdk.canRun)('lists models', async () => {
    const result = (await sdk.run(platform, config(), [{ id: 'list', path: 'models.list', params: {} }])).get('list');
    expect(result?.error).toBeNull();
    expect(at(result?.value, 'data', 0, 'id') ?? at(result?.value, 'body', 'data', 0, 'id')).toMatch(/\S/);
  });
});

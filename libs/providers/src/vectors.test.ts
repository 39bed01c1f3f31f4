import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { providerRegistry } from './registry.ts';
import { expectAnswer, expectEverySplit, expectRequest, type Vector } from './testing/vectors.ts';

const here = new URL('.', import.meta.url);
const fixtures = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /__fixtures__\/[^/]+\.json$/.test(path),
);
const registry = providerRegistry();

describe.each(fixtures)('%s', (path) => {
  const vectors: Vector[] = JSON.parse(readFileSync(new URL(path, here), 'utf8'));
  it.each(vectors.map((vector) => [vector.id, vector] as const))('%s', async (_id, vector) => {
    const provider = registry.get(vector.options.provider);
    if (provider === undefined) return expect.unreachable(`no provider ${vector.options.provider}`);
    await expectRequest(vector, provider);
    expectAnswer(vector, provider);
    expectEverySplit(vector, provider);
  });
});

import { expect, it } from 'vitest';
import { UnsupportedValue } from '../spec/errors.ts';
import type { JsonObject } from '../spec/json.ts';
import { type Vector, vectorContext } from '../testing/vectors.ts';
import { complete } from './complete.ts';

const vector: Vector = { id: 'v', fn: 'complete', strict: true, options: { provider: 'anthropic' }, request: {} };
const map = (body: JsonObject) =>
  complete.toUpstream({ model: 'claude-2.1', prompt: 'p', ...body }, vectorContext(vector));

it.each<[string, JsonObject]>([
  ['n', { n: 2 }],
  ['best_of', { best_of: 2 }],
  ['prompt', { prompt: ['a', 'b'] }],
  ['prompt', { prompt: [1, 2] }],
])('refuses what would need several answers or is no text: %s %j', (param, body) => {
  expect(() => map(body)).toThrow(UnsupportedValue);
  expect(() => map(body)).toThrow(expect.objectContaining({ param }));
});

it('takes absent values for absent and reports what has no place', () => {
  expect(map({ user: 'portkey-default', max_tokens: null, stop: ' ', echo: true, odd: 1 })).toMatchObject({
    body: { model: 'claude-2.1', prompt: '\n\nHuman: p\n\nAssistant:', max_tokens_to_sample: 4096 },
    notices: [
      { kind: 'dropped', param: 'echo' },
      { kind: 'dropped', param: 'odd' },
    ],
  });
  expect(map({ user: 'portkey-default', stop: ' ' })).not.toHaveProperty('body.metadata');
});

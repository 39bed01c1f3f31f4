import { expect, it } from 'vitest';
import { applyParams, clamp, drop, handled, keep, params, to } from './params.ts';

const table = params({
  model: keep(),
  max_tokens: to('config.maxTokens', undefined, { whenAbsent: 7 }),
  temperature: clamp(0, 1, 'config.temperature'),
  seed: drop('no seeds here'),
  messages: handled(),
});

it('maps, clamps, drops with a notice and fills the default in', () => {
  const { draft, notices } = applyParams(
    table,
    { model: 'm', temperature: 3, seed: 1, messages: [], odd: true, top_p: null },
    'drop',
  );
  expect(draft.body).toEqual({ model: 'm', config: { temperature: 1, maxTokens: 7 } });
  expect(notices).toEqual([
    { kind: 'clamped', param: 'temperature', reason: 'allowed range is 0 to 1' },
    { kind: 'dropped', param: 'seed', reason: 'no seeds here' },
    { kind: 'dropped', param: 'odd', reason: 'not a parameter of this provider' },
  ]);
});

it('takes the SDK placeholder for an absent value', () => {
  expect(applyParams(table, { model: 'portkey-default', max_tokens: null }, 'drop').draft.body).toEqual({
    config: { maxTokens: 7 },
  });
});

it('passes unknown parameters on where the table says so', () => {
  expect(applyParams(table, { odd: [1] }, 'pass').draft.body).toEqual({ odd: [1], config: { maxTokens: 7 } });
});

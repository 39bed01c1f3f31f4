import { describe, expect, test } from 'vitest';
import { chooseTarget } from './choose-target.ts';
import { parseConfig } from './config.ts';
import type { JsonObject } from './json.ts';
import { planConfig } from './plan.ts';
import { evaluateQuery, type Facts } from './query.ts';
import type { RouteGroup } from './route.ts';

const facts: Facts = {
  metadata: { tier: 'paid', age: '5', empty: '' },
  params: { model: 'fast-1', temperature: 0.7, stream: true, stop: null, n: 2, list: ['a'] },
  pathname: '/v1/embeddings',
};

describe('one matcher', () => {
  const cases: readonly (readonly [JsonObject, boolean])[] = [
    [{ 'metadata.tier': 'paid' }, true],
    [{ 'metadata.tier': 'free' }, false],
    [{ 'metadata.age': 5 }, false],
    [{ 'params.n': '2' }, false],
    [{ 'params.stop': null }, true],
    [{ 'params.absent': null }, false],
    [{ 'params.stream': true }, true],
    [{ 'url.pathname': '/v1/embeddings' }, true],
    [{ 'url.host': 'x' }, false],
    [{ 'headers.tier': 'paid' }, false],
    [{ 'metadata.tier.more': 'paid' }, true],
    [{ 'metadata.constructor': { $ne: 'x' } }, true],
    [{ 'metadata.tier': { $eq: 'paid' } }, true],
    [{ 'metadata.absent': { $eq: 'paid' } }, false],
    [{ 'metadata.tier': { $ne: 'free' } }, true],
    [{ 'metadata.tier': { $ne: 'paid' } }, false],
    [{ 'metadata.absent': { $ne: 'paid' } }, true],
    [{ 'metadata.age': { $gt: 4 } }, true],
    [{ 'metadata.age': { $gt: '5' } }, false],
    [{ 'metadata.age': { $gte: '5' } }, true],
    [{ 'params.temperature': { $lt: 1 } }, true],
    [{ 'params.temperature': { $lte: 0.7 } }, true],
    [{ 'params.temperature': { $lte: 0.6 } }, false],
    [{ 'metadata.absent': { $lt: 1 } }, false],
    [{ 'metadata.tier': { $gt: 0 } }, false],
    [{ 'metadata.tier': { $in: ['free', 'paid'] } }, true],
    [{ 'metadata.tier': { $in: 'paid' } }, false],
    [{ 'metadata.absent': { $in: ['x'] } }, false],
    [{ 'metadata.tier': { $nin: ['free'] } }, true],
    [{ 'metadata.tier': { $nin: ['paid'] } }, false],
    [{ 'metadata.absent': { $nin: ['x'] } }, true],
    [{ 'metadata.tier': { $nin: 'x' } }, false],
    [{ 'params.model': { $regex: 'ast' } }, true],
    [{ 'params.model': { $regex: '^ast' } }, false],
    [{ 'params.temperature': { $regex: '^0\\.7$' } }, true],
    [{ 'metadata.absent': { $regex: 'undefined' } }, false],
    [{ 'params.list': { $regex: 'a' } }, false],
    [{ 'params.model': { $regex: '[' } }, false],
    [{ 'params.model': { $regex: '(?=fast)' } }, false],
    [{ 'params.model': { $regex: 5 } }, false],
    [{ 'params.model': {} }, true],
    [{ 'params.list': ['a'] }, false],
  ];
  test.each(cases)('%j is %s', (query, holds) => {
    expect(evaluateQuery(query, facts)).toBe(holds);
  });
});

describe('together', () => {
  const yes = { 'metadata.tier': 'paid' };
  const no = { 'metadata.tier': 'free' };
  const cases: readonly (readonly [JsonObject, boolean])[] = [
    [{}, true],
    [{ ...yes, 'params.n': 2 }, true],
    [{ ...yes, 'params.n': 3 }, false],
    [{ $and: [yes, yes] }, true],
    [{ $and: [yes, no] }, false],
    [{ $or: [no, yes] }, true],
    [{ $or: [no, no] }, false],
    [{ $and: [] }, true],
    [{ $or: [] }, false],
    [{ $and: yes }, false],
    [{ $or: [yes], ...no }, false],
    [{ $and: [yes], $or: [no] }, false],
    [{ $or: [{ $and: [yes, { $or: [no, yes] }] }] }, true],
    [{ 'params.n': { $gt: 1, $lt: 3 } }, true],
    [{ 'params.n': { $gt: 1, $lt: 2 } }, false],
    [{ 'params.model': { $regex: 'fast', $eq: 'slow' } }, false],
    [{ 'params.n': { $like: 1 } }, false],
    [{ $not: [yes] }, false],
  ];
  test.each(cases)('%j is %s', (query, holds) => {
    expect(evaluateQuery(query, facts)).toBe(holds);
  });

  test('a query nested without end holds nothing and throws nothing', () => {
    const deep: JsonObject = JSON.parse(`${'{"$and":['.repeat(5000)}{}${']}'.repeat(5000)}`);
    expect(evaluateQuery(deep, facts)).toBe(false);
  });
});

describe('choice', () => {
  const groupOf = (strategy: object): RouteGroup => {
    const targets = [
      { provider: '@a', name: 'a' },
      { provider: '@b', name: 'b' },
    ];
    const parsed = parseConfig({ strategy: { mode: 'conditional', ...strategy }, targets }, 'inline');
    if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
    const plan = planConfig(parsed.config);
    if (plan.kind !== 'group') throw new Error('no group');
    return plan;
  };
  const when = (query: JsonObject, then: string) => ({ query, then });
  const always = {};
  const never = { 'metadata.tier': 'none' };

  test.each([
    ['the first condition that holds', { conditions: [when(never, 'a'), when(always, 'b'), when(always, 'a')] }, 1],
    ['the default', { conditions: [when(never, 'b')], default: 'a' }, 0],
  ])('takes %s', (_, strategy, index) => {
    expect(chooseTarget(groupOf(strategy), facts)).toEqual({ ok: true, index });
  });

  test.each([
    [{}, 'No conditions passed in the query router'],
    [{ conditions: [], default: 'a' }, 'No conditions passed in the query router'],
    [{ conditions: [when(never, 'a')] }, 'Query router did not resolve to any valid target'],
    [{ conditions: [when(always, 'c')] }, 'Invalid target name found in the query router: c'],
    [{ conditions: [when(never, 'a')], default: 'c' }, 'Invalid target name found in the query router: c'],
    [
      { conditions: [when({ 'metadata.tier': { $like: 'x' } }, 'a')], default: 'a' },
      'Unsupported operator used in the query router: $like',
    ],
    [
      { conditions: [when({ $or: [always, { $nor: [] }] }, 'a')], default: 'a' },
      'Unsupported operator used in the query router: $nor',
    ],
  ])('%j: %s', (strategy, message) => {
    expect(chooseTarget(groupOf(strategy), facts)).toEqual({ ok: false, message });
  });

  test('an earlier condition that holds is not disturbed by a later bad one', () => {
    const strategy = { conditions: [when(always, 'b'), when({ x: { $like: 1 } }, 'a')] };
    expect(chooseTarget(groupOf(strategy), facts)).toEqual({ ok: true, index: 1 });
  });
});

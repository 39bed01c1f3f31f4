import { describe, expect, it } from 'vitest';
import { groupOf, routedCall } from '../testing/routes.ts';
import { fallback } from './fallback.ts';
import { single } from './single.ts';
import { inMemorySticky } from './sticky.ts';
import type { Outcome, RoutingContext, Strategy } from './strategy.ts';

const targets = [
  { provider: 'openai', api_key: 'a' },
  { provider: 'openai', api_key: 'b' },
  { provider: 'openai', api_key: 'c' },
];

const contextFor = (group: ReturnType<typeof groupOf>): RoutingContext => ({
  call: routedCall(group),
  random: () => 0,
  sticky: inMemorySticky(),
  eligible: ({ children }) => children,
});

/** The paths a strategy tries when the targets end as told, one after another. */
const tried = (strategy: Strategy, config: object, outcomes: readonly Outcome[]): string[] => {
  const group = groupOf(config);
  const walk = strategy(group, contextFor(group));
  const paths: string[] = [];
  let step = walk.next();
  for (const outcome of outcomes) {
    if (step.done) break;
    paths.push(step.value.path);
    step = walk.next(outcome);
  }
  expect(step.done, 'more outcomes are needed').toBe(true);
  return paths;
};

const ended = (status: number, final = false): Outcome => ({ status, final });
const triedAfter = (status: number, onStatusCodes?: readonly number[]): number =>
  tried(
    fallback,
    { strategy: { mode: 'fallback', ...(onStatusCodes && { on_status_codes: onStatusCodes }) }, targets },
    [ended(status), ended(status), ended(status)],
  ).length;

describe('without a list', () => {
  it.each([200, 201, 204, 246, 299])('%i stops', (status) => {
    expect(triedAfter(status)).toBe(1);
  });

  it.each([199, 300, 400, 401, 403, 404, 408, 409, 412, 422, 425, 429, 446, 500, 502, 503, 504, 529])(
    '%i goes on to the next target, and to the last one',
    (status) => {
      expect(triedAfter(status)).toBe(3);
    },
  );
});

describe('with a list', () => {
  it('only what is listed goes on: any other status stops, be it a success or not', () => {
    expect(triedAfter(429, [429])).toBe(3);
    for (const status of [200, 400, 401, 500, 503]) expect(triedAfter(status, [429])).toBe(1);
  });

  it('a success that is listed goes on', () => {
    expect(triedAfter(246, [246, 446])).toBe(3);
    expect(triedAfter(200, [246, 446])).toBe(1);
  });

  it('an empty list never goes on', () => {
    for (const status of [200, 429, 500]) expect(triedAfter(status, [])).toBe(1);
  });
});

it('the targets come in the order of the config, until one is good enough', () => {
  expect(tried(fallback, { strategy: { mode: 'fallback' }, targets }, [ended(503), ended(200)])).toEqual([
    'config.targets[0]',
    'config.targets[1]',
  ]);
});

it('an end that is final stops even where the list would go on', () => {
  for (const list of [undefined, [500, 501]]) {
    const strategy = { mode: 'fallback', ...(list && { on_status_codes: list }) };
    expect(tried(fallback, { strategy, targets }, [ended(501, true)])).toEqual(['config.targets[0]']);
  }
});

it('a legacy list beside the strategy counts when the strategy has none', () => {
  const config = { strategy: { mode: 'fallback' }, on_status_codes: [429], targets };
  expect(tried(fallback, config, [ended(500)])).toHaveLength(1);
  expect(tried(fallback, config, [ended(429), ended(200)])).toHaveLength(2);
});

it('single takes the first target, whatever comes of it', () => {
  expect(tried(single, { strategy: { mode: 'single' }, targets }, [ended(503)])).toEqual(['config.targets[0]']);
});

import { describe, expect, it } from 'vitest';
import { groupOf, routedCall } from '../testing/routes.ts';
import { draw, loadBalance } from './load-balance.ts';
import { inMemorySticky } from './sticky.ts';
import type { RoutingContext } from './strategy.ts';

const config = (weights: readonly (number | undefined)[], sticky?: object) => ({
  strategy: { mode: 'loadbalance', ...(sticky && { sticky }) },
  targets: weights.map((weight, at) => ({
    provider: 'openai',
    api_key: `k${at}`,
    ...(weight === undefined ? {} : { weight }),
  })),
});

const groupWith = (...weights: readonly (number | undefined)[]) => groupOf(config(weights));

/** @source mulberry32, public domain */
const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const DRAWS = 20_000;

const countsOf = (weights: readonly (number | undefined)[], seed: number): number[] => {
  const { children } = groupWith(...weights);
  const random = randomFrom(seed);
  const counts = weights.map(() => 0);
  for (let at = 0; at < DRAWS; at++) {
    const drawn = draw(children, random());
    const index = drawn === undefined ? -1 : children.indexOf(drawn);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
};

/** Pearson's statistic over the targets that can be drawn. */
const chiSquare = (counts: readonly number[], weights: readonly (number | undefined)[]): number => {
  const total = weights.reduce<number>((sum, weight) => sum + (weight ?? 1), 0);
  return weights.reduce<number>((sum, weight, at) => {
    const expected = (DRAWS * (weight ?? 1)) / total;
    return expected === 0 ? sum : sum + ((counts[at] ?? 0) - expected) ** 2 / expected;
  }, 0);
};

describe('draws follow the weights', () => {
  // 13.8 is exceeded by chance once in a thousand seeds with three targets; the seeds are fixed.
  it.each([
    { weights: [1, 1, 1], seed: 11 },
    { weights: [0.7, 0.2, 0.1], seed: 12 },
    { weights: [70, 20, 10], seed: 13 },
    { weights: [undefined, 2, undefined], seed: 14 },
    { weights: [1, 0, 3], seed: 15 },
    { weights: [0.95, 0.05], seed: 16 },
  ])('$weights', ({ weights, seed }) => {
    const counts = countsOf(weights, seed);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(DRAWS);
    expect(chiSquare(counts, weights)).toBeLessThan(13.8);
  });

  it('the measure notices weights that are not followed', () => {
    expect(chiSquare(countsOf([1, 1, 1], 11), [1, 1, 1.2])).toBeGreaterThan(13.8);
  });
});

describe('one draw', () => {
  it('a target has the share of the line that its weight says', () => {
    const { children } = groupWith(1, 3);
    expect(draw(children, 0)).toBe(children[0]);
    expect(draw(children, 0.249_999)).toBe(children[0]);
    expect(draw(children, 0.25)).toBe(children[1]);
    expect(draw(children, 0.999_999)).toBe(children[1]);
  });

  it('a drained target is never drawn, at either end of the line', () => {
    const { children } = groupWith(0, 1, 0);
    for (const at of [0, 0.5, 1 - Number.EPSILON]) expect(draw(children, at)).toBe(children[1]);
  });

  it('a missing weight counts as one', () => {
    const { children } = groupWith(undefined, 1);
    expect(draw(children, 0.49)).toBe(children[0]);
    expect(draw(children, 0.51)).toBe(children[1]);
  });

  it('rounding at the far end still finds a target', () => {
    const { children } = groupWith(0.1, 0.2, 0.7, 0);
    expect(draw(children, 1)).toBe(children[2]);
  });
});

it('a group whose weights are all zero is no valid config', () => {
  expect(() => groupWith(0, 0)).toThrow('Invalid config passed');
});

describe('the strategy', () => {
  const group = groupWith(1, 1, 0);
  const run = (context: Partial<RoutingContext>): string[] => {
    const walk = loadBalance(group, {
      call: routedCall(group),
      random: () => 0,
      sticky: inMemorySticky(),
      eligible: ({ children }) => children,
      ...context,
    });
    const paths: string[] = [];
    for (let step = walk.next(); !step.done; step = walk.next({ status: 500, final: false })) {
      paths.push(step.value.path);
    }
    return paths;
  };

  it('draws once: a failure is not tried elsewhere', () => {
    expect(run({})).toEqual(['config.targets[0]']);
  });

  it('names a target by its place in the config, also when those before it are left out', () => {
    expect(run({ eligible: ({ children }) => children.slice(1) })).toEqual(['config.targets[1]']);
  });

  it('when only drained targets are left behind open breakers, the breakers are ignored', () => {
    expect(run({ eligible: ({ children }) => children.slice(2) })).toEqual(['config.targets[0]']);
  });
});

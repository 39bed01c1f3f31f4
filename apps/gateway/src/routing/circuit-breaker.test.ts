import type { CircuitBreaker } from '@portolan/config-schema';
import { describe, expect, it } from 'vitest';
import { groupOf } from '../testing/routes.ts';
import { afterOutcome, type BreakerState, isActive, isShut, verdict } from './circuit-breaker.ts';

const COOLDOWN = 30_000;

const breaker = (rest: Partial<CircuitBreaker> = {}): CircuitBreaker => ({
  minimumRequests: 5,
  cooldownIntervalMs: COOLDOWN,
  ...rest,
});

const byCount = breaker({ failureThreshold: 3 });
const byShare = breaker({ failureThresholdPercentage: 50, minimumRequests: 4 });

/** The state after statuses that came at the given times. */
const after = (
  config: CircuitBreaker,
  outcomes: readonly (readonly [atMs: number, status: number])[],
  from?: BreakerState,
): BreakerState | undefined =>
  outcomes.reduce<BreakerState | undefined>((state, [atMs, status]) => afterOutcome(config, state, status, atMs), from);

const opened = after(byCount, [
  [1_000, 500],
  [2_000, 500],
  [3_000, 500],
]);

describe('opening', () => {
  it('as many failures as the threshold open it, one less do not', () => {
    const two = after(byCount, [
      [1_000, 500],
      [2_000, 503],
    ]);
    expect(verdict(two, 2_000)).toBe('closed');
    expect(verdict(opened, 3_000)).toBe('open');
  });

  it('successes in between do not make failures undone', () => {
    const state = after(byCount, [
      [1, 500],
      [2, 200],
      [3, 500],
      [4, 200],
      [5, 500],
    ]);
    expect(verdict(state, 5)).toBe('open');
  });

  it('a share of failures opens it, but not before enough was seen', () => {
    const three = after(byShare, [
      [1, 500],
      [2, 500],
      [3, 500],
    ]);
    expect(verdict(three, 3)).toBe('closed');
    expect(verdict(after(byShare, [[4, 500]], three), 4)).toBe('open');
  });

  it('a share below the threshold leaves it closed', () => {
    const mostlyGood: (readonly [number, number])[] = [
      [1, 500],
      [2, 200],
      [3, 200],
      [4, 200],
      [5, 500],
      [6, 200],
    ];
    expect(verdict(after(byShare, mostlyGood), 6)).toBe('closed');
    expect(
      verdict(
        after(byShare, [
          [1, 500],
          [2, 200],
          [3, 200],
          [4, 500],
        ]),
        4,
      ),
    ).toBe('open');
  });

  it('successes before the first failure do not count', () => {
    const state = after(byShare, [
      [1, 200],
      [2, 200],
      [3, 200],
      [4, 500],
      [5, 500],
      [6, 500],
      [7, 500],
    ]);
    expect(verdict(state, 7)).toBe('open');
  });

  it('failures as old as the cooldown are forgotten', () => {
    const state = after(byCount, [
      [0, 500],
      [10_000, 500],
      [COOLDOWN, 500],
    ]);
    expect(verdict(state, COOLDOWN)).toBe('closed');
    expect(state?.failures).toBe(1);
  });
});

describe('what a failure is', () => {
  const once = breaker({ failureThreshold: 1 });
  const opens = (config: CircuitBreaker, status: number): boolean =>
    verdict(after(config, [[1, status]]), 1) === 'open';

  it('is every status from 500 on, where nothing is listed', () => {
    for (const status of [500, 501, 502, 503, 504, 529]) expect(opens(once, status), `${status}`).toBe(true);
    for (const status of [200, 246, 400, 401, 408, 429, 446, 499]) expect(opens(once, status), `${status}`).toBe(false);
  });

  it('is what is listed, and nothing else', () => {
    const listed = breaker({ failureThreshold: 1, failureStatusCodes: [401, 429] });
    expect([401, 429, 500, 503].map((status) => opens(listed, status))).toEqual([true, true, false, false]);
  });

  it('only an answer of the 2xx counts as a success', () => {
    const answered = (status: number) =>
      after(byShare, [
        [1, 500],
        [2, status],
        [3, status],
        [4, status],
      ])?.successes;
    expect(answered(200)).toBe(3);
    expect(answered(404)).toBe(0);
    expect(answered(499)).toBe(0);
  });
});

describe('cooling down', () => {
  it('runs from the first failure', () => {
    expect(verdict(opened, 1_000 + COOLDOWN - 1)).toBe('open');
    expect(verdict(opened, 1_000 + COOLDOWN)).toBe('half-open');
  });

  it('outcomes that arrive late while it is open change nothing', () => {
    expect(after(byCount, [[5_000, 200]], opened)).toEqual(opened);
    expect(after(byCount, [[5_000, 500]], opened)).toEqual(opened);
  });
});

describe('the trial', () => {
  const at = 1_000 + COOLDOWN;
  const trying: BreakerState | undefined = opened && { ...opened, trialSinceMs: at };

  it('is one at a time', () => {
    expect(verdict(trying, at)).toBe('open');
    expect(verdict(trying, at + 1_000)).toBe('open');
  });

  it('that never comes back does not block the next one for ever', () => {
    expect(verdict(trying, at + 60_000)).toBe('half-open');
  });

  it('that succeeds closes the breaker with a clean record', () => {
    expect(after(byCount, [[at + 10, 200]], trying)).toBeUndefined();
  });

  it('that fails opens it again for a whole cooldown', () => {
    const again = after(byCount, [[at + 10, 500]], trying);
    expect(verdict(again, at + 10)).toBe('open');
    expect(verdict(again, at + 10 + COOLDOWN - 1)).toBe('open');
    expect(verdict(again, at + 10 + COOLDOWN)).toBe('half-open');
  });

  it('that the caller left says nothing about the target: it stays as it was', () => {
    const left = after(byCount, [[at + 10, 499]], trying);
    expect(left?.openUntilMs).toBe(opened?.openUntilMs);
  });
});

it('a breaker without a threshold does nothing', () => {
  expect(isActive(undefined)).toBe(false);
  expect(isActive(breaker())).toBe(false);
  expect(isActive(byCount)).toBe(true);
  expect(isActive(byShare)).toBe(true);
});

it('a group is shut when all below it is', () => {
  const root = groupOf({
    strategy: { mode: 'fallback' },
    targets: [
      { provider: 'openai', api_key: 'a' },
      {
        strategy: { mode: 'loadbalance' },
        targets: [
          { provider: 'openai', api_key: 'b' },
          { provider: 'openai', api_key: 'c' },
        ],
      },
    ],
  });
  const shut = (...paths: string[]) => isShut(root, (path) => paths.includes(path));
  const [, inner] = root.children;
  expect(shut('config.targets[0]', 'config.targets[1].targets[0]')).toBe(false);
  expect(shut('config.targets[0]', 'config.targets[1].targets[0]', 'config.targets[1].targets[1]')).toBe(true);
  expect(inner && isShut(inner, (path) => path.startsWith('config.targets[1]'))).toBe(true);
});

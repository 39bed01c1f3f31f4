import { expect, it } from 'vitest';
import { routeOf } from '../testing/routes.ts';
import { deadlinesOf } from './deadlines.ts';

const defaults = { totalMs: 0, firstTokenMs: 0, idleMs: 120_000, upstreamMs: 300_000 };
const policyOf = (config: object) => {
  const route = routeOf({ provider: 'openai', api_key: 'k', ...config });
  return route.kind === 'leaf' ? route.policy : expect.unreachable('a leaf');
};

it('without any timeout only silence and the deployment limit count', () => {
  expect(deadlinesOf(policyOf({}), undefined, defaults)).toEqual({
    totalMs: Number.POSITIVE_INFINITY,
    attemptMs: Number.POSITIVE_INFINITY,
    firstTokenMs: Number.POSITIVE_INFINITY,
    idleMs: 120_000,
    upstreamMs: 300_000,
  });
});

it('the header beats the config, the config beats the deployment', () => {
  const policy = policyOf({
    request_timeout: 2_000,
    total_timeout: 3_000,
    first_token_timeout: 400,
    stream_idle_timeout: 50,
  });
  const ofDeployment = { ...defaults, totalMs: 1, firstTokenMs: 1 };
  expect(deadlinesOf(policy, 900, ofDeployment)).toMatchObject({
    attemptMs: 900,
    totalMs: 3_000,
    firstTokenMs: 400,
    idleMs: 50,
  });
});

it('a timeout longer than any timer is a long one, not none at all', () => {
  const policy = policyOf({ total_timeout: 9e12, stream_idle_timeout: 9e12 });
  const { totalMs, attemptMs, idleMs } = deadlinesOf(policy, 9e12, defaults);
  for (const ms of [totalMs, attemptMs, idleMs]) expect(ms).toBe(2_147_483_647);
});

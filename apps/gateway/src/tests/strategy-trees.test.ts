import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chat, targetAt } from '../testing/providers.ts';
import { type RawUpstream, rawAnswer, startRawUpstream } from '../testing/raw-upstream.ts';
import {
  configOf,
  type Deed,
  deedAt,
  expectedTrail,
  leavesOf,
  type TreePlan,
  treePlan,
} from '../testing/reference-router.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let gateway: GatewayUnderTest;
let upstream: RawUpstream;

/** By model name, which is unique to a target of one call. */
const deeds = new Map<string, readonly Deed[]>();
const attempts = new Map<string, number>();
let calls = 0;

const success = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
});

beforeAll(async () => {
  gateway = await startGateway();
  upstream = await startRawUpstream(({ body }, socket) => {
    const model = /"model":"([^"]+)"/.exec(body)?.[1] ?? '';
    const attempt = attempts.get(model) ?? 0;
    attempts.set(model, attempt + 1);
    const deed = deedAt(deeds.get(model) ?? [], attempt);
    if (deed.kind === 'reset') socket.resetAndDestroy();
    if (deed.kind !== 'answer') return;
    const { status, delayMs } = deed;
    const answer = rawAnswer(status, status === 200 ? success : '{"error":{"message":"no","type":"t"}}');
    setTimeout(() => void socket.write(answer), delayMs);
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const hangs = (leafDeeds: readonly Deed[]): boolean => leafDeeds.some(({ kind }) => kind === 'hang');

/** A target that answers in any case has far more time than it takes; one that hangs some time has less, and still enough to answer. */
const GENEROUS_MS = 20_000;
const SHORT_MS = 500;

const run = async (plan: TreePlan, root: object = {}, hangingMs = SHORT_MS) => {
  calls += 1;
  const trace = `tree ${calls}`;
  const models: string[] = [];
  const config = configOf(plan, (leaf) => {
    const model = `${calls}-${models.length}`;
    models.push(model);
    deeds.set(model, leaf.deeds);
    return targetAt('openai', upstream.url, {
      override_params: { model },
      request_timeout: hangs(leaf.deeds) ? hangingMs : GENEROUS_MS,
    });
  });
  const startedAtMs = performance.now();
  const response = await gateway.post('/chat/completions', chat('m', 'Hello'), {
    config: { ...config, ...root },
    headers: { 'x-portkey-trace-id': trace, 'x-portkey-metadata': '{"route":"chosen"}' },
  });
  await response.text();
  const upstreamCalls = models.reduce((sum, model) => sum + (attempts.get(model) ?? 0), 0);
  return { trace, response, upstreamCalls, wallMs: performance.now() - startedAtMs };
};

const trailOf = async (trace: string, length: number) => {
  const records = await gateway.logRecords(length, ({ traceId }) => traceId === trace);
  return records.map((record) => ({
    path: record.lastUsedOptionIndex,
    attempts: record.attempts.map(({ status }) => status),
    retryCount: record.retryCount,
  }));
};

const AT_ONCE = 15;

it('any tree of strategies makes the calls, names the target and leaves the trail that the rules say', {
  timeout: 60_000,
}, async () => {
  const property = fc.asyncProperty(fc.array(treePlan, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (plans) => {
    const results = await Promise.all(plans.map(async (plan) => ({ plan, ...(await run(plan)) })));
    for (const { plan, trace, response, upstreamCalls } of results) {
      const trail = expectedTrail(plan);
      const last = trail.at(-1);
      expect(response.headers.get('x-portkey-last-used-option-index')).toBe(last?.path);
      expect(response.headers.get('x-portkey-retry-attempt-count')).toBe(String(last?.retryCount));
      expect(response.status).toBe(last?.attempts.at(-1));
      expect(upstreamCalls).toBe(trail.reduce((sum, each) => sum + each.attempts.length, 0));
      expect(await trailOf(trace, trail.length)).toEqual(trail);
    }
  });
  await fc.assert(property, { numRuns: 8, endOnFailure: true });
});

/** Far less than a target that hangs would take by itself. */
const MARGIN_MS = 10_000;

it('with a total timeout it stops in time, having done no more than a part of that', { timeout: 60_000 }, async () => {
  const property = fc.asyncProperty(
    fc.array(
      fc.record({
        plan: treePlan.filter((plan) => leavesOf(plan).some((leaf) => hangs(leaf.deeds))),
        total: fc.integer({ min: 10, max: 150 }),
      }),
      {
        minLength: AT_ONCE,
        maxLength: AT_ONCE,
      },
    ),
    async (cases) => {
      const results = await Promise.all(
        cases.map(async ({ plan, total }) => ({
          plan,
          total,
          ...(await run(plan, { total_timeout: total }, GENEROUS_MS)),
        })),
      );
      for (const { plan, total, response, upstreamCalls, wallMs } of results) {
        const trail = expectedTrail(plan);
        expect(wallMs).toBeLessThan(total + MARGIN_MS);
        expect(upstreamCalls).toBeLessThanOrEqual(trail.reduce((sum, each) => sum + each.attempts.length, 0));
        const path = response.headers.get('x-portkey-last-used-option-index');
        expect(trail.map((each) => each.path)).toContain(path);
        if (path !== trail.at(-1)?.path)
          expect([408, ...trail.flatMap((each) => each.attempts)]).toContain(response.status);
      }
    },
  );
  await fc.assert(property, { numRuns: 3, endOnFailure: true });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../http/route.ts';
import { routes } from '../http/routes/index.ts';
import { fieldsBelow, hostileText, hostileValue, QUERY } from '../testing/hostile-values.ts';
import { sessionHeaders, type Tenant, type TestPlatform } from '../testing/platform.ts';
import { roleSamples, type Sample } from '../testing/role-samples.ts';

const RUNS_PER_ROUTE = 5;

/** Said on purpose: what is not offered, and what nothing answers yet. Anything else above 499 is a mistake of ours. */
const MEANT = [501, 503];

interface Hostile {
  readonly from: number;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly keepsSample: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
}

const fieldsOf = <Value>(
  names: readonly string[],
  values: fc.Arbitrary<Value>,
): fc.Arbitrary<Readonly<Record<string, Value>>> =>
  fc
    .array(fc.tuple(fc.constantFrom(...names), values), { maxLength: 4 })
    .map((pairs): Record<string, Value> => Object.fromEntries(pairs));

const hostile = (route: Route, callers: number): fc.Arbitrary<Hostile> => {
  const named = [...route.path.matchAll(/:(\w+)/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
  return fc.record({
    from: fc.nat({ max: callers - 1 }),
    params: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: named.length === 0 ? fc.constant({}) : fieldsOf(named, hostileText()) },
    ),
    query: fieldsOf(QUERY, hostileText()),
    keepsSample: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    fields: fieldsOf(fieldsBelow(route.path), hostileValue()),
  });
};

/** What takes away, or changes what may be said at all, comes last: until then there is something to be hostile to. */
const lastly = ({ method, path }: Route): number =>
  (path.startsWith('/admin/organisation') ? 1 : 0) + (method === 'DELETE' ? 2 : 0);

const inOrder = routes.toSorted((a, b) => lastly(a) - lastly(b));

const textOf = (value: unknown): string => String(value ?? '');

/** For a URL, which has no lone surrogates. */
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

const pathOf = ({ path }: Route, params: Readonly<Record<string, string>>): string =>
  path.replaceAll(/:(\w+)/g, (_all, name: string) => encoded(params[name] || '-'));

/** Whatever is sent, on every route of the list: an answer that clients can read, and never a failure of ours. */
export const hostileConformance = (platform: () => TestPlatform): void => {
  describe('whatever is sent', () => {
    let tenant: Tenant;
    let sampleOf: (method: string, path: string) => Sample;
    let callers: readonly Readonly<Record<string, string>>[];

    beforeAll(async () => {
      tenant = await platform().tenant();
      ({ sampleOf } = await roleSamples(platform(), tenant));
      const owner = await platform().session(tenant, await tenant.person('owner'));
      const { publicUrl } = platform().deps.settings;
      callers = [
        { 'x-portkey-api-key': await tenant.key('organisation-service') },
        { 'x-portkey-api-key': await tenant.key('workspace-service') },
        sessionHeaders(owner, publicUrl),
        {},
      ];
    });

    const send = async (route: Route, { from, params, query, keepsSample, fields }: Hostile) => {
      const sample = sampleOf(route.method, route.path);
      const path = pathOf(route, { ...sample.params, ...params });
      const search = Object.entries(query).map((pair) => pair.map(encoded).join('='));
      const body = { ...(keepsSample ? sample.body : {}), ...fields };
      return platform().app.inject({
        method: route.method,
        url: `/v1${path}?${search.join('&')}`,
        headers: { ...callers[from], 'content-type': 'application/json' },
        payload: JSON.stringify(body),
      });
    };

    test.each(inOrder.map((route) => [`${route.method} ${route.path}`, route] as const))(
      '%s answers',
      async (_name, route) => {
        await fc.assert(
          fc.asyncProperty(hostile(route, callers.length), async (sent) => {
            const answer = await send(route, sent);
            const { headers, statusCode } = answer;
            expect(statusCode < 500 || MEANT.includes(statusCode), `${statusCode} ${answer.body}`).toBe(true);
            expect(textOf(headers['x-portkey-trace-id'])).not.toBe('');
            expect(textOf(headers['x-portkey-request-id'])).not.toBe('');
            expect(textOf(headers['content-type'])).toContain('application/json');
            if (statusCode < 400) return void expect(answer.json()).toBeTypeOf('object');
            expect(answer.json()).toMatchObject({
              success: false,
              data: { message: expect.any(String), errorCode: expect.stringMatching(/^AB\d\d$/) },
              error: { message: expect.any(String), type: expect.any(String), trace_id: expect.any(String) },
            });
          }),
          { numRuns: RUNS_PER_ROUTE },
        );
      },
    );
  });
};

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { copyJson, deepFreeze, isObject, type JsonObject } from './json.ts';
import { ALL_NAMES } from './known-names.ts';
import { MAX_ERRORS } from './messages.ts';
import { shapeBody } from './params-shaping.ts';
import { planConfig } from './plan.ts';
import { evaluateQuery } from './query.ts';
import { leaves } from './route.ts';
import type { Config } from './target.ts';

const source = fc.constantFrom('inline' as const, 'saved' as const);
const params = fc.dictionary(
  fc.constantFrom('model', 'seed', 'stop', 'user'),
  fc.jsonValue({ maxDepth: 2 }).map(copyJson),
  {
    maxKeys: 3,
  },
);

/** Policy fields of a node, all valid. */
const policy = fc.record(
  {
    override_params: params,
    default_params: params,
    drop_params: fc.array(fc.constantFrom('a', 'b[0].c'), { maxLength: 2 }),
    retry: fc.record({ attempts: fc.integer({ min: 0, max: 5 }) }),
    cache: fc.record({ mode: fc.constantFrom('simple', 'semantic'), max_age: fc.integer({ min: 60, max: 7_776_000 }) }),
    request_timeout: fc.integer({ min: 1, max: 1e6 }),
    total_timeout: fc.integer({ min: 1, max: 1e6 }),
    forward_headers: fc.array(fc.constantFrom('x-a', 'x-b'), { maxLength: 2 }),
    custom_host: fc.constantFrom('', 'https://a.example', 'https://b.example/v1'),
    strict_open_ai_compliance: fc.boolean(),
    input_guardrails: fc.array(fc.constantFrom('pg-1', 'pg-2'), { maxLength: 2 }),
    output_guardrails: fc.array(fc.constantFrom('pg-3'), { maxLength: 1 }),
    after_request_hooks: fc.array(fc.record({ id: fc.constant('h') }), { maxLength: 1 }),
  },
  { requiredKeys: [] },
);

type Node = { readonly targets?: readonly Node[] } & JsonObject;

const tree: fc.Arbitrary<Node> = fc.letrec<{ node: Node; leaf: Node; group: Node }>((tie) => ({
  leaf: policy.map((fields): Node => ({ ...fields, provider: '@slug' })),
  group: fc
    .tuple(
      policy,
      fc.constantFrom('single', 'fallback', 'loadbalance'),
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    )
    .map(([fields, mode, targets]): Node => ({ ...fields, strategy: { mode }, targets })),
  node: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('group')),
})).node;

const parsed = (input: unknown, from: 'inline' | 'saved' = 'saved'): Config => {
  const result = parseConfig(input, from);
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return result.config;
};

/** Every leaf as its chain of nodes from the root down, in config order. */
const chains = (node: Node, above: readonly Node[] = []): readonly (readonly Node[])[] => {
  const chain = [...above, node];
  return node.targets === undefined ? [chain] : node.targets.flatMap((target) => chains(target, chain));
};

const listAt = (node: Node, field: string): readonly unknown[] => {
  const list = node[field];
  return Array.isArray(list) ? list : [];
};
const isFilled = (list: readonly unknown[]): boolean => list.length > 0;
const inside = (value: unknown, field: string): unknown => (isObject(value) ? value[field] : undefined);

describe('any input', () => {
  const answersWithinBounds = (input: unknown, from: 'inline' | 'saved'): void => {
    const result = parseConfig(input, from);
    const texts = result.ok ? result.warnings : result.errors;
    expect(texts.length).toBeLessThanOrEqual(MAX_ERRORS);
    if (!result.ok) expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) {
      expect(text).toMatch(/^path: .*, message: ./s);
      expect(text.length).toBeLessThan(4000);
    }
    if (result.ok) expect(leaves(planConfig(result.config)).length).toBeGreaterThan(0);
  };

  test('random JSON is answered, never thrown at', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), source, answersWithinBounds));
  });

  test('so is JSON made of our own field names', () => {
    const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, true, 0, -1, 1.5, 1e9, '', 'simple', 'fallback', '@a', 'openai', 'x'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...ALL_NAMES, 'overrideParams', 'apiKey', 'zzz', '__proto__'), tie('value'), {
          maxKeys: 5,
        }),
      ),
    })).value;
    fc.assert(fc.property(value, source, answersWithinBounds), { numRuns: 500 });
  });

  test('so is a valid config with one thing put wrong', () => {
    const spoiled = fc
      .tuple(tree, fc.constantFrom(...ALL_NAMES), fc.jsonValue({ maxDepth: 2 }))
      .map(([node, name, value]) => ({ ...node, [name]: value }));
    fc.assert(fc.property(spoiled, source, answersWithinBounds), { numRuns: 300 });
  });

  test('any query is answered by true or false', () => {
    const facts = { metadata: { a: '1' }, params: { a: [1] }, pathname: '/v1/x' };
    const query: fc.Arbitrary<JsonObject> = fc.dictionary(
      fc.constantFrom('$and', '$or', '$not', 'metadata.a', 'params.a', 'params', '', '.', 'url.pathname'),
      fc.jsonValue({ maxDepth: 4 }),
    );
    const operator = fc.constantFrom('$eq', '$ne', '$gt', '$lte', '$in', '$nin', '$regex', '$x', 'toString');
    const matcher = fc.dictionary(fc.constantFrom('metadata.a', 'params.a'), fc.dictionary(operator, fc.jsonValue()));
    fc.assert(
      fc.property(fc.oneof(query, matcher), (asked: JsonObject) => {
        expect(typeof evaluateQuery(asked, facts)).toBe('boolean');
      }),
    );
  });
});

describe('inheritance', () => {
  test('equals a naive walk from the root down to each leaf', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const planned = leaves(planConfig(parsed(root)));
        const expected = chains(root);
        expect(planned).toHaveLength(expected.length);
        for (const [index, chain] of expected.entries()) {
          const said = (field: string): readonly unknown[] => chain.flatMap((node) => node[field] ?? []);
          const lastSaid = (field: string): unknown =>
            chain.findLast((node) => node[field] !== undefined && node[field] !== '')?.[field];
          const lastList = (field: string): unknown =>
            chain.map((node) => listAt(node, field)).findLast(isFilled) ?? [];
          const ids = (...fields: readonly string[]): readonly unknown[] =>
            chain
              .map((node) => fields.flatMap((field) => listAt(node, field)))
              .findLast(isFilled)
              ?.map((entry) => (isObject(entry) ? entry.id : entry)) ?? [];
          const { policy: found } = planned[index] ?? {};
          expect(found?.overrideParams).toEqual(Object.assign({}, ...said('override_params')));
          expect(found?.defaultParams).toEqual(Object.assign({}, ...said('default_params')));
          expect(found?.dropParams).toEqual(lastList('drop_params'));
          expect(found?.forwardHeaders).toEqual(lastList('forward_headers'));
          expect(found?.requestTimeoutMs).toBe(lastSaid('request_timeout'));
          expect(found?.totalTimeoutMs).toBe(lastSaid('total_timeout'));
          expect(found?.customHost).toBe(lastSaid('custom_host'));
          expect(found?.strict).toBe(lastSaid('strict_open_ai_compliance') ?? true);
          expect(found?.retry?.attempts).toBe(inside(lastSaid('retry'), 'attempts'));
          expect(found?.cache?.maxAgeSeconds).toBe(inside(lastSaid('cache'), 'max_age'));
          expect(found?.beforeRequestHooks.map((hook) => hook.id)).toEqual(ids('input_guardrails'));
          expect(found?.afterRequestHooks.map((hook) => hook.id)).toEqual(
            ids('after_request_hooks', 'output_guardrails'),
          );
        }
      }),
    );
  });

  test('paths say where a leaf stands, each once', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const plan = planConfig(parsed(root));
        const paths = leaves(plan).map((leaf) => leaf.path);
        expect(new Set(paths).size).toBe(paths.length);
        for (const path of paths) {
          const steps = [...path.matchAll(/\.targets\[(\d+)\]/g)].map(([, index]) => Number(index));
          const node = steps.reduce((at: Node | undefined, index) => at?.targets?.[index], root);
          expect(node).toBeDefined();
          expect(node?.targets).toBeUndefined();
        }
      }),
    );
  });

  test('neither parsing nor planning touches what it was given', () => {
    fc.assert(
      fc.property(tree, source, (root, from) => {
        const text = JSON.stringify(root);
        const config = parsed(root, from);
        const before = JSON.stringify(config);
        planConfig(config);
        expect(JSON.stringify(root)).toBe(text);
        expect(JSON.stringify(config)).toBe(before);
        expect(Object.isFrozen(config)).toBe(false);
        expect(leaves(planConfig(parsed(deepFreeze(root), from)))).toHaveLength(chains(root).length);
      }),
    );
  });

  test('a canonical config is parsed to itself, twice as well as once', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const once = parsed(root);
        expect(once).toEqual(root);
        expect(parsed(once)).toEqual(once);
      }),
    );
  });
});

test('a config of 32 KiB and more is parsed and planned', () => {
  const filler = fc.nat().map((seed) => `${seed}`.padEnd(2000, 'lorem ipsum '));
  const targets = fc.array(fc.tuple(tree, filler), { minLength: 17, maxLength: 20 });
  fc.assert(
    fc.property(targets, source, (list, from) => {
      const config = {
        strategy: { mode: 'fallback' },
        targets: list.map(([node, text]) => ({ ...node, default_params: { text } })),
      };
      expect(JSON.stringify(config).length).toBeGreaterThan(32 * 1024);
      const plan = planConfig(parsed(config, from));
      expect(plan.kind === 'group' && plan.children).toHaveLength(list.length);
    }),
    { numRuns: 10 },
  );
});

describe('bodies', () => {
  const path = fc.constantFrom('a', 'a.b', 'a[0]', 'a[*].b', 'b[*][0]', 'a.b.a[*]', '', 'a[', '__proto__.a', 'a..b');
  const body = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'model'), fc.jsonValue({ maxDepth: 4 }));

  test('default and override equal the plain merge; the body is never touched', () => {
    fc.assert(
      fc.property(body, body, body, (sent: JsonObject, defaultParams: JsonObject, overrideParams: JsonObject) => {
        const shaped = shapeBody(deepFreeze(sent), { defaultParams, overrideParams, dropParams: [] });
        expect(shaped).toEqual({ ...defaultParams, ...sent, ...overrideParams });
      }),
    );
  });

  test('dropping twice is dropping once, unless a list moved up; nothing to drop is the same object', () => {
    fc.assert(
      fc.property(body, fc.array(path, { maxLength: 3 }), (sent: JsonObject, dropParams) => {
        const policyOf = { defaultParams: {}, overrideParams: {}, dropParams };
        const shaped = shapeBody(deepFreeze(sent), policyOf);
        expect(JSON.stringify(shaped).length).toBeLessThanOrEqual(JSON.stringify(sent).length);
        if (JSON.stringify(shaped) === JSON.stringify(sent)) expect(shaped).toBe(sent);
        if (dropParams.every((dropped) => !dropped.includes('[0]'))) expect(shapeBody(shaped, policyOf)).toBe(shaped);
      }),
    );
  });
});

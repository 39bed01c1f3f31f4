import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  chooseTarget,
  type Facts,
  hasProviderSignal,
  leaves,
  parseConfig,
  planConfig,
  type RouteGroup,
  type RouteLeaf,
  type RouteNode,
  shapeBody,
  slugsIn,
} from './index.ts';
import type { JsonObject } from './json.ts';

/** One worked example. Rows of subject `gateway`, and the `gateway` part of the others, are for the gateway's tests. */
interface Example {
  readonly id: string;
  readonly title: string;
  readonly subject: 'config' | 'gateway';
  readonly source?: 'inline' | 'saved';
  readonly config?: JsonObject;
  readonly errorsBegin?: readonly string[];
  readonly slugs?: readonly string[];
  readonly providerSignal?: boolean;
  /** All groups and all leaves, in order, as far as they matter. */
  readonly groups?: readonly ({ readonly path: string } & JsonObject)[];
  readonly leaves?: readonly ({ readonly path: string } & JsonObject)[];
  readonly absent?: readonly {
    readonly path: string;
    readonly fields?: readonly (keyof RouteLeaf['policy'])[];
    readonly target?: readonly (keyof RouteLeaf['target'])[];
  }[];
  readonly choices?: readonly { readonly path: string; readonly facts: Facts; readonly expect: number }[];
  readonly shaped?: readonly { readonly path: string; readonly body: JsonObject; readonly expect: JsonObject }[];
}

const examples: readonly Example[] = JSON.parse(
  readFileSync(new URL('./__fixtures__/examples.json', import.meta.url), 'utf8'),
);
const aboutConfigs = examples.filter((example) => example.subject === 'config');

const groupsOf = (node: RouteNode): readonly RouteGroup[] =>
  node.kind === 'leaf' ? [] : [node, ...node.children.flatMap(groupsOf)];

const planOf = ({ config, source = 'inline' }: Example): RouteNode => {
  const parsed = parseConfig(config, source);
  if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
  return planConfig(parsed.config);
};

const leafAt = (node: RouteNode, path: string): RouteLeaf => {
  const leaf = leaves(node).find((candidate) => candidate.path === path);
  if (leaf === undefined) throw new Error(`no leaf at ${path}`);
  return leaf;
};

test('every worked example is here once', () => {
  const wanted = [
    ...Array.from({ length: 16 }, (_, index) => `S${index + 1}`),
    ...Array.from({ length: 10 }, (_, index) => `E${index + 1}`),
  ];
  expect(examples.map((example) => example.id)).toEqual(wanted);
});

describe.each(aboutConfigs.filter((example) => example.errorsBegin === undefined))('$id $title', (example) => {
  test('plans as the example says', () => {
    const plan = planOf(example);
    expect(groupsOf(plan)).toMatchObject([...(example.groups ?? [])]);
    expect(leaves(plan)).toMatchObject([...(example.leaves ?? [])]);
    expect(slugsIn(plan)).toEqual(example.slugs ?? []);
    expect(hasProviderSignal(plan)).toBe(example.providerSignal ?? true);
    for (const { path, fields = [], target = [] } of example.absent ?? []) {
      const leaf = leafAt(plan, path);
      for (const field of fields) expect(leaf.policy[field], field).toBeUndefined();
      for (const field of target) expect(leaf.target[field], field).toBeUndefined();
    }
  });

  test('is as valid saved as it is inline', () => {
    for (const source of ['inline', 'saved'] as const) expect(parseConfig(example.config, source).ok).toBe(true);
  });

  test.each(example.choices ?? [])('chooses target $expect', ({ path, facts, expect: index }) => {
    const group = groupsOf(planOf(example)).find((candidate) => candidate.path === path);
    expect(group && chooseTarget(group, facts)).toEqual({ ok: true, index });
  });

  test.each(example.shaped ?? [])('shapes the body for $path', ({ path, body, expect: shaped }) => {
    expect(shapeBody(body, leafAt(planOf(example), path).policy)).toEqual(shaped);
  });
});

test.each(aboutConfigs.filter((example) => example.errorsBegin !== undefined))('$id $title', (example) => {
  for (const source of ['inline', 'saved'] as const) {
    const parsed = parseConfig(example.config, source);
    if (parsed.ok) throw new Error('must be refused');
    expect(parsed.message).toBe('Invalid config passed');
    expect(parsed.errors).toHaveLength(example.errorsBegin?.length ?? 0);
    for (const [index, begin] of (example.errorsBegin ?? []).entries())
      expect(parsed.errors[index]?.startsWith(begin), parsed.errors[index]).toBe(true);
  }
});

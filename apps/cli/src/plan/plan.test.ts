import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import type { Kind } from '../manifest/kinds.ts';
import { isSecretByReference } from '../manifest/secret-reference.ts';
import { type Action, changesIn } from './action.ts';
import { STORED_SECRET } from './comparable.ts';
import { type Current, keyOf, type Wanted } from './object.ts';
import { plan } from './plan.ts';
import { handlesOf, resolved } from './resolve.ts';

const wanted = (kind: Kind, name: string, spec: JsonObject, workspace = ''): Wanted => ({
  kind,
  name,
  workspace,
  spec,
  where: `${name}.yaml`,
  folder: '.',
});

const there = (kind: Kind, name: string, spec: JsonObject, workspace = ''): Current => ({
  kind,
  name,
  workspace,
  spec,
  id: `id-${name}`,
  slug: `slug-${name}`,
  handle: kind === 'Collection' ? `id-${name}` : `slug-${name}`,
});

const nothingElse = { pruneKinds: [], rotateSecrets: false } as const;

const stored = (spec: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(spec).map(([name, value]) => [name, isSecretByReference(value) ? STORED_SECRET : value]),
  );

/** What a platform that does as it is told has afterwards. */
const perform = (actions: readonly Action[], current: readonly Current[]): readonly Current[] =>
  actions.reduce<readonly Current[]>((now, action) => {
    const others = now.filter((each) => keyOf(each) !== keyOf(action));
    if (action.verb === 'delete') return others;
    if (action.verb === 'keep') return now;
    const before = now.find((each) => keyOf(each) === keyOf(action));
    const inside = action.kind === 'Workspace' ? action.name : action.workspace;
    const spec = stored(resolved(action.wanted.spec, inside, handlesOf(now)));
    return [...others, { ...there(action.kind, action.name, { ...before?.spec, ...spec }, action.workspace) }];
  }, current);

const name = fc.constantFrom('a', 'b', 'c');
const budget = fc.record(
  { type: fc.constantFrom('cost', 'tokens'), credit_limit: fc.integer({ min: 1, max: 3 }), current_usage: fc.nat(9) },
  { requiredKeys: ['credit_limit'] },
);
const specs = {
  Label: fc.record({ description: fc.option(fc.constantFrom('x', 'y')) }, { requiredKeys: [] }),
  VirtualKey: fc.record(
    {
      provider: fc.constant('openai'),
      note: fc.option(fc.constantFrom('x', 'y')),
      key: fc.constant({ from_env: 'KEY' }),
      usage_limits: fc.option(fc.oneof(budget, fc.array(budget, { maxLength: 2 }))),
      openai_project: fc.constantFrom('p', 'q'),
    },
    { requiredKeys: ['provider'] },
  ),
  Config: fc.record(
    {
      config: fc.record({
        virtual_key: fc.oneof(
          name.map((each) => ({ name: each })),
          fc.constant('slug-a'),
        ),
      }),
      is_default: fc.constantFrom(0, 1, true, false),
    },
    { requiredKeys: ['config'] },
  ),
  ApiKey: fc.record(
    {
      type: fc.constant('workspace-service'),
      scopes: fc.shuffledSubarray(['a.read', 'b.read', 'c.read'], { minLength: 1 }),
      defaults: fc.record(
        { config_id: name.map((each) => ({ name: each })), metadata: fc.constantFrom({}, { team: 'x' }) },
        { requiredKeys: [] },
      ),
      expires_at: fc.constantFrom('2030-01-01T00:00:00Z', '2030-01-01T02:00:00+02:00', '2031-01-01T00:00:00Z'),
    },
    { requiredKeys: ['type', 'scopes'] },
  ),
} as const;

const object = fc
  .constantFrom('Label' as const, 'VirtualKey' as const, 'Config' as const, 'ApiKey' as const)
  .chain((kind) => fc.tuple(fc.constant(kind), name, specs[kind]));
const objects = fc.uniqueArray(object, { selector: ([kind, each]) => `${kind} ${each}`, maxLength: 10 });

describe('the planner', () => {
  test('what it plans is enough: afterwards there is nothing left to do', () => {
    fc.assert(
      fc.property(objects, objects, fc.boolean(), (files, platform, isPruned) => {
        const all = files.map(([kind, each, spec]) => wanted(kind, each, spec));
        const current = platform.map(([kind, each, spec]) => there(kind, each, stored(spec)));
        const input = { wanted: all, rotateSecrets: false, pruneKinds: isPruned ? (['Label', 'Config'] as const) : [] };
        const first = plan({ ...input, current });
        fc.pre(first.problems.length === 0);
        const after = perform(first.actions, current);
        expect(changesIn(plan({ ...input, current: after }).actions)).toEqual([]);
      }),
    );
  });

  test('what files do not name is left alone', () => {
    const current = [there('VirtualKey', 'a', { provider: 'openai', note: 'by hand' }), there('Label', 'other', {})];
    const { actions } = plan({ ...nothingElse, current, wanted: [wanted('VirtualKey', 'a', { provider: 'openai' })] });
    expect(actions.map(({ verb }) => verb)).toEqual(['keep']);
  });

  test('null clears, and what was never set is not cleared again', () => {
    const clear = wanted('VirtualKey', 'a', { provider: 'openai', note: null, usage_limits: null });
    const verbs = (spec: JsonObject) =>
      plan({ ...nothingElse, current: [there('VirtualKey', 'a', spec)], wanted: [clear] }).actions.map((action) => [
        action.verb,
        action.changes.map((change) => change.name),
      ]);
    expect(verbs({ provider: 'openai', note: 'x', usage_limits: null })).toEqual([['update', ['note']]]);
    expect(verbs({ provider: 'openai', note: null })).toEqual([['keep', []]]);
  });

  test('a limit that loses a part of it differs, what the platform counts in it does not', () => {
    const current = [
      there('VirtualKey', 'a', {
        provider: 'openai',
        usage_limits: { type: 'cost', credit_limit: 5, periodic_reset: 'monthly', current_usage: 3, id: 'x' },
      }),
    ];
    const verb = (usage_limits: JsonObject) =>
      plan({ ...nothingElse, current, wanted: [wanted('VirtualKey', 'a', { provider: 'openai', usage_limits })] })
        .actions[0]?.verb;
    expect(verb({ credit_limit: 5, periodic_reset: 'monthly' })).toBe('keep');
    expect(verb({ credit_limit: 5 })).toBe('update');
  });

  test('defaults of a workspace come last, since they name what stands in it', () => {
    const files = [
      wanted('ApiKey', 'k', { type: 'workspace-service', scopes: ['x.y'] }, 'R'),
      wanted('Workspace', 'R', { description: 'd', defaults: { user_api_key_config: { name: 'c' } } }),
      wanted('Config', 'c', { config: {} }, 'R'),
    ];
    const { actions, problems } = plan({ ...nothingElse, current: [], wanted: files });
    expect(problems).toEqual([]);
    expect(actions.map(({ verb, kind }) => `${verb} ${kind}`)).toEqual([
      'create Workspace',
      'create Config',
      'create ApiKey',
      'update Workspace',
    ]);
  });

  test('outer collections come before inner ones, and a ring of them ends the search', () => {
    const at = (each: string, parent?: string) =>
      wanted('Collection', each, parent === undefined ? {} : { parent_collection_id: { name: parent } });
    const names = (files: readonly Wanted[]) =>
      plan({ ...nothingElse, current: [], wanted: files }).actions.map((action) => action.name);
    expect(names([at('c', 'b'), at('b', 'a'), at('a')])).toEqual(['a', 'b', 'c']);
    expect(names([at('a', 'b'), at('b', 'a')])).toHaveLength(2);
  });

  test('a name that nobody has is an error that names the nearest one', () => {
    const files = [wanted('Config', 'c', { config: { virtual_key: { name: 'opnai' } } })];
    const { problems } = plan({ ...nothingElse, current: [there('VirtualKey', 'openai', {})], wanted: files });
    expect(problems).toEqual([
      'c.yaml: Config "c" names the virtual key "opnai", which is neither in the files nor there; did you mean "openai"?',
    ]);
  });

  test('one name for two objects is refused, in the files and on the platform', () => {
    const label = wanted('Label', 'a', {});
    expect(plan({ ...nothingElse, current: [], wanted: [label, label] }).problems).toEqual([
      'Label "a" is described twice',
    ]);
    const twins = [there('Label', 'a', {}), there('Label', 'a', {})];
    expect(plan({ ...nothingElse, current: twins, wanted: [label] }).problems[0]).toContain('several of this name');
    expect(plan({ ...nothingElse, current: twins, wanted: [] }).problems).toEqual([]);
  });

  test('the same name in two workspaces is two objects', () => {
    const files = [wanted('Label', 'a', {}, 'one'), wanted('Label', 'a', {}, 'two')];
    const { actions, problems } = plan({ ...nothingElse, current: [there('Label', 'a', {}, 'one')], wanted: files });
    expect([problems, actions.map(({ verb }) => verb)]).toEqual([[], ['keep', 'create']]);
  });

  test('pruning goes backwards, and spares what must be kept', () => {
    const current = [
      there('VirtualKey', 'v', {}),
      there('Config', 'c', {}),
      { ...there('ApiKey', 'k', {}), keptBecause: 'it is in use' },
    ];
    const { actions } = plan({
      current,
      wanted: [],
      rotateSecrets: false,
      pruneKinds: ['VirtualKey', 'Config', 'ApiKey'],
    });
    expect(actions.map(({ verb, kind }) => `${verb} ${kind}`)).toEqual(['delete Config', 'delete VirtualKey']);
  });

  test('pruning spares what a file names without describing it', () => {
    const current = [there('VirtualKey', 'a', {}), there('VirtualKey', 'b', {}), there('VirtualKey', 'c', {})];
    const config = { targets: [{ virtual_key: { name: 'a' } }, { provider: '@slug-b' }] };
    const { actions } = plan({
      current,
      wanted: [wanted('Config', 'x', { config })],
      rotateSecrets: false,
      pruneKinds: ['VirtualKey'],
    });
    expect(actions.filter(({ verb }) => verb === 'delete').map((action) => action.name)).toEqual(['c']);
  });

  test('deployments of Azure are the same in either spelling', () => {
    const provider = 'azure-openai';
    const shown = [{ deploymentName: 'd', apiVersion: 'v1', alias: 'a', is_default: false }];
    const written = [{ azure_deployment_name: 'd', azure_api_version: 'v1', alias: 'a' }];
    const { actions } = plan({
      ...nothingElse,
      current: [there('VirtualKey', 'a', { provider, azure_deployment_config: shown })],
      wanted: [wanted('VirtualKey', 'a', { provider, azure_deployment_config: written })],
    });
    expect(actions[0]?.verb).toBe('keep');
  });
});

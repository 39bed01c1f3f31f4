import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, readProject } from './read-projects.mjs';
import { checkBoundaries } from './rules.mjs';

/** A project of one type whose source files import these specifiers. */
const project = (root, type, files = {}, extra = {}) => ({
  name: `@portolan/${root.split('/').at(-1)}`,
  root,
  tags: [`type:${type}`, `runtime:${extra.runtime ?? 'node'}`],
  dependencies: extra.dependencies ?? [],
  files: Object.entries(files).map(([path, imports]) => ({ path: `${root}/src/${path}`, imports })),
});

const workspace = (...changed) => {
  const all = [
    project('apps/gateway', 'app'),
    project('apps/console', 'app', {}, { runtime: 'web' }),
    project('apps/e2e', 'e2e'),
    project('apps/bench', 'bench'),
    project('libs/service-kit', 'kit'),
    project('libs/log-store', 'store'),
    project('libs/providers', 'providers', {}, { runtime: 'any' }),
    project('libs/model-catalog', 'catalog', {}, { runtime: 'any' }),
    project('libs/config-schema', 'schema', {}, { runtime: 'any' }),
    project('libs/proto', 'proto', {}, { runtime: 'any' }),
    project('libs/testing', 'testing'),
  ];
  return all.map((one) => changed.find(({ root }) => root === one.root) ?? one);
};

/** A workspace in which one file of one project imports one thing. */
const importing = (root, type, specifier, { path = 'index.ts', ...extra } = {}) =>
  workspace(project(root, type, { [path]: [specifier] }, { dependencies: [specifier], ...extra }));

const rules = (projects, allowed = {}) => checkBoundaries(projects, allowed).map(({ rule }) => rule);

test('a workspace in which everybody keeps to the rules passes', () => {
  const gateway = project(
    'apps/gateway',
    'app',
    {
      'main.ts': ['node:http', 'undici', './build.ts'],
      'build.ts': ['@portolan/service-kit', '@portolan/providers', '@portolan/config-schema', '@portolan/log-store'],
      'build.test.ts': ['vitest', '@portolan/testing', './build.ts'],
    },
    { dependencies: ['undici'] },
  );
  expect(checkBoundaries(workspace(gateway), {})).toEqual([]);
});

test.each([
  ['an app another app', 'apps/gateway', 'app', '@portolan/console'],
  ['a provider the kit', 'libs/providers', 'providers', '@portolan/service-kit'],
  ['the catalog a provider', 'libs/model-catalog', 'catalog', '@portolan/providers'],
  ['the schema the catalog', 'libs/config-schema', 'schema', '@portolan/model-catalog'],
  ['the kit the schema', 'libs/service-kit', 'kit', '@portolan/config-schema'],
  ['a store the schema', 'libs/log-store', 'store', '@portolan/config-schema'],
  ['the protocol the schema', 'libs/proto', 'proto', '@portolan/config-schema'],
  ['end-to-end journeys an app', 'apps/e2e', 'e2e', '@portolan/gateway'],
  ['the benchmark an app', 'apps/bench', 'bench', '@portolan/gateway'],
  ['stand-ins an app', 'libs/testing', 'testing', '@portolan/gateway'],
])('%s may not import', (_, root, type, specifier) => {
  expect(rules(importing(root, type, specifier))).toEqual(['type']);
});

test('stand-ins are for tests only', () => {
  expect(rules(importing('apps/gateway', 'app', '@portolan/testing'))).toEqual(['testing']);
  expect(rules(importing('apps/gateway', 'app', '@portolan/testing', { path: 'a.test.ts' }))).toEqual([]);
  expect(rules(importing('apps/bench', 'bench', '@portolan/testing'))).toEqual([]);
});

test('a test may stand on a store that its project does not know', () => {
  expect(rules(importing('libs/service-kit', 'kit', '@portolan/log-store'))).toEqual(['type']);
  expect(rules(importing('libs/service-kit', 'kit', '@portolan/log-store', { path: 'a.test.ts' }))).toEqual([]);
});

test('test code of the own project stays out of production files', () => {
  expect(rules(importing('apps/gateway', 'app', './testing/fake.ts'))).toEqual(['testing']);
  expect(rules(importing('apps/gateway', 'app', './build.test.ts'))).toEqual(['testing']);
  expect(rules(importing('apps/gateway', 'app', './testing/fake.ts', { path: 'a.test.ts' }))).toEqual([]);
});

test.each([
  'undici',
  'fastify',
  '@fastify/cors',
  'pg',
  'ioredis',
  'node:http',
  'node:https',
  'node:net',
  'node:tls',
  'node:fs',
  'node:fs/promises',
])('providers, catalog and schema may not import %s outside tests', (specifier) => {
  for (const [root, type] of [
    ['libs/providers', 'providers'],
    ['libs/model-catalog', 'catalog'],
    ['libs/config-schema', 'schema'],
  ]) {
    expect(rules(importing(root, type, specifier)), root).toEqual(['banned']);
    expect(rules(importing(root, type, specifier, { path: 'a.test.ts' })), root).toEqual([]);
  }
});

test('a package opens through its index only, and not to itself', () => {
  expect(rules(importing('apps/gateway', 'app', '@portolan/providers/src/call.ts'))).toEqual(['deep']);
  expect(rules(importing('apps/gateway', 'app', '@portolan/gateway'))).toEqual(['self']);
});

test('a relative path ends inside its project', () => {
  expect(rules(importing('apps/gateway', 'app', '../../../libs/providers/src/index.ts'))).toEqual(['relative']);
  expect(rules(importing('apps/gateway', 'app', '../../../tools/x.mjs', { path: 'a.test.ts' }))).toEqual(['relative']);
  expect(rules(importing('apps/gateway', 'app', '../package.json'))).toEqual([]);
});

test('code for every runtime imports nothing of Node, but for what the list allows', () => {
  const crypto = importing('libs/providers', 'providers', 'node:crypto', { runtime: 'any' });
  expect(rules(crypto)).toEqual(['runtime']);
  expect(rules(crypto, { '@portolan/providers': { 'node:crypto': 'why' } })).toEqual([]);
  expect(rules(importing('libs/proto', 'proto', 'pino', { runtime: 'any' }))).toEqual(['runtime']);
  expect(rules(importing('libs/proto', 'proto', 'node:os', { runtime: 'any', path: 'a.test.ts' }))).toEqual([]);
});

test('the web imports what runs everywhere, and nothing that needs Node', () => {
  expect(rules(importing('apps/console', 'app', '@portolan/service-kit', { runtime: 'web' }))).toEqual(['runtime']);
  expect(rules(importing('apps/console', 'app', '@portolan/config-schema', { runtime: 'web' }))).toEqual([]);
  expect(rules(importing('libs/testing', 'testing', '@portolan/providers'))).toEqual([]);
});

test('a package that is not declared is not imported', () => {
  expect(rules(importing('apps/gateway', 'app', 'yaml', { dependencies: [] }))).toEqual(['undeclared']);
  expect(rules(importing('apps/gateway', 'app', '@scope/name/sub', { dependencies: ['@scope/name'] }))).toEqual([]);
});

test('cycles are errors, and those through tests are not cycles', () => {
  const kit = (path) => project('libs/service-kit', 'kit', { [path]: ['@portolan/proto'] });
  const proto = project('libs/proto', 'proto', { 'index.ts': ['@portolan/service-kit'] });
  expect(rules(workspace(kit('index.ts'), proto))).toContain('cycle');
  expect(rules(workspace(kit('a.test.ts'), proto))).not.toContain('cycle');
});

test('every project carries one type and one runtime that a rule reads', () => {
  const [first, ...others] = workspace();
  for (const tags of [
    [],
    ['type:app'],
    ['runtime:node'],
    ['type:magic', 'runtime:node'],
    ['type:app', 'type:kit', 'runtime:node'],
  ]) {
    expect(rules([{ ...first, tags }, ...others])).toContain('tags');
  }
});

test('imports are read in every form they are written in', () => {
  const text = `
    import a from 'a'; import type { B } from 'b'; export * from 'c'; export type { D } from 'd';
    import 'e'; const f = await import('f'); type G = import('g').G; // import 'comment'
  `;
  expect(importsOf(text).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
});

test('a project is read from disk with its declared packages, without what it was built into', () => {
  const root = mkdtempSync(join(tmpdir(), 'portolan-boundaries-'));
  try {
    for (const folder of ['src', 'dist', 'node_modules/x'])
      mkdirSync(join(root, 'libs/a', folder), { recursive: true });
    writeFileSync(
      join(root, 'libs/a/package.json'),
      '{ "dependencies": { "zod": "1" }, "devDependencies": { "x": "1" } }',
    );
    writeFileSync(join(root, 'libs/a/src/index.ts'), "import '@portolan/b/src/deep.ts';");
    writeFileSync(join(root, 'libs/a/dist/main.mjs'), "import 'node:http';");
    writeFileSync(join(root, 'libs/a/node_modules/x/index.js'), "import 'node:http';");
    expect(readProject(root, { name: '@portolan/a', root: 'libs/a', tags: [] })).toEqual({
      name: '@portolan/a',
      root: 'libs/a',
      tags: [],
      dependencies: ['zod'],
      files: [{ path: 'libs/a/src/index.ts', imports: ['@portolan/b/src/deep.ts'] }],
    });
  } finally {
    rmSync(root, { recursive: true });
  }
});

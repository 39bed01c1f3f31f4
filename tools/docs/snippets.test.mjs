import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { configProblems } from '../../apps/cli/src/manifest/check-config.ts';
import { readText } from '../../apps/cli/src/manifest/read-files.ts';
import { toWanted } from '../../apps/cli/src/plan/object.ts';
import { plan } from '../../apps/cli/src/plan/plan.ts';
import { PROVIDER_NAMES, parseConfig } from '../../libs/config-schema/src/index.ts';
import { inWorkspace, rootManifest } from '../launch/workspace.mjs';
import { anchors, fencedBlocks, linkTargets } from './read-markdown.mjs';

const README_MAX_LINES = 150;
/** What a platform started with `npm start` knows. */
const providerNames = new Set([...PROVIDER_NAMES, 'rehearsal']);

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(inWorkspace('docs'), { recursive: true })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const read = (page) => readFileSync(inWorkspace(page), 'utf8');
const blocks = pages.flatMap((page) =>
  fencedBlocks(read(page)).map((block) => ({ ...block, where: `${page}:${block.line}` })),
);
const inLanguage = (...languages) => blocks.filter(({ language }) => languages.includes(language));

/** Checks a text with a program that reads it from stdin; undefined when the program is not here. */
const complaintOf = (command, args, text) => {
  const { error, status, stderr } = spawnSync(command, args, { input: text, encoding: 'utf8' });
  if (error) return undefined;
  return status === 0 ? '' : stderr;
};

describe('snippets', () => {
  test.each(inLanguage('json', 'jsonc'))('JSON at $where parses', ({ text }) => {
    expect(() => JSON.parse(text)).not.toThrow();
  });

  const configs = inLanguage('json').filter(({ words }) => words[0] === 'config');
  test.each(configs)('the config at $where is accepted without a warning', ({ text, words: [, source] }) => {
    expect(['saved', 'inline']).toContain(source);
    const parsed = parseConfig(JSON.parse(text), source, { providerNames });
    expect(parsed.ok ? parsed.warnings : parsed.errors).toEqual([]);
  });

  test('there are configs to check', () => {
    expect(configs.length).toBeGreaterThan(0);
  });

  test.each(inLanguage('yaml', 'yml'))('YAML at $where parses', ({ text }) => {
    for (const document of parseAllDocuments(text)) {
      expect(document.errors).toEqual([]);
      expect(document.toJS()).toBeTypeOf('object');
    }
  });

  const manifests = inLanguage('yaml').filter(({ words }) => words[0] === 'manifest');
  test.each(manifests)('the objects at $where are what "apply" takes', ({ text, where }) => {
    const { documents, problems } = readText(text, where, '.');
    expect([...problems, ...documents.flatMap(configProblems)]).toEqual([]);
    const all = documents.map((document) => toWanted(document, ''));
    expect(plan({ current: [], wanted: all, pruneKinds: [], rotateSecrets: false }).problems).toEqual([]);
  });

  test('there are such objects to check', () => {
    expect(manifests.length).toBeGreaterThan(0);
  });

  test.each(inLanguage('bash', 'sh'))('shell at $where is well formed', ({ text }) => {
    expect(complaintOf('bash', ['-n'], text) ?? '').toBe('');
  });

  test.each(inLanguage('python'))('Python at $where is well formed', ({ text }) => {
    expect(complaintOf('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], text) ?? '').toBe('');
  });

  test.each(inLanguage('bash', 'sh').filter(({ text }) => /-d '/.test(text)))(
    'JSON bodies in $where parse',
    ({ text }) => {
      for (const [, body] of text.matchAll(/-d '([^']*)'/g)) expect(() => JSON.parse(body), body).not.toThrow();
    },
  );
});

describe.each(pages)('%s', (page) => {
  const text = read(page);

  test('names only scripts that exist', () => {
    const { scripts } = rootManifest();
    const named = [...text.matchAll(/npm (?:run )([\w:-]+)|npm (start|test)\b/g)].map(
      ([, script, short]) => script ?? short,
    );
    for (const script of named) expect(Object.keys(scripts)).toContain(script);
  });

  test('names only Kustomize folders that exist', () => {
    for (const [folder] of text.matchAll(/(?<![\w/])k8s\/[\w/-]*\w/g))
      expect(existsSync(inWorkspace(folder)), folder).toBe(true);
  });

  test('links to what is there', () => {
    for (const target of linkTargets(text).filter((one) => !/^[a-z]+:/.test(one))) {
      const [path, anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      expect(existsSync(inWorkspace(file)), target).toBe(true);
      if (anchor) expect(anchors(read(file)), target).toContain(anchor);
    }
  });

  test('has no line or word that belongs to one machine', () => {
    expect(text).not.toMatch(/\/(work|root|home)\//);
  });
});

test(`the README stays below ${README_MAX_LINES} lines and knows every library and app`, () => {
  const readme = read('README.md');
  expect(readme.split('\n').length).toBeLessThan(README_MAX_LINES);
  for (const group of ['apps', 'libs']) {
    for (const name of readdirSync(inWorkspace(group))) expect(readme).toContain(`${group}/${name}`);
  }
});

test('every page of docs is reached from its index', () => {
  const reached = linkTargets(read('docs/index.md')).map((target) => join('docs', target));
  for (const page of pages.filter((one) => one.startsWith('docs/') && one !== 'docs/index.md'))
    expect(reached).toContain(page);
});

test('blocks are cut out of Markdown as written', () => {
  const markdown =
    'text\n```bash\nnpm start\n```\n  ```json config saved\n  {}\n  ```\n[a](b.md#c) `[x](y)`\n# A heading, with `code`\n';
  expect(fencedBlocks(markdown)).toEqual([
    { language: 'bash', words: [], text: 'npm start\n', line: 2 },
    { language: 'json', words: ['config', 'saved'], text: '{}\n', line: 5 },
  ]);
  expect(linkTargets(markdown)).toEqual(['b.md#c']);
  expect(anchors(markdown)).toEqual(['a-heading-with-code']);
});

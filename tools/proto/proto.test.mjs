import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import * as exported from '../../libs/proto/src/index.ts';
import { breakingAgainst, lastDifferentCommit } from './against.mjs';
import { buf, GENERATED_DIR, PROTO_DIR } from './buf.mjs';

const BUF_TIMEOUT_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'portolan-generated-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const contentsOf = (root, ending) =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith(ending))
      .sort()
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );

test('the contracts keep the rules of the house', { timeout: BUF_TIMEOUT_MS }, () => {
  expect(buf(['lint'])).toEqual({ ok: true, output: '' });
  expect(buf(['format', '--diff', '--exit-code'])).toEqual({ ok: true, output: '' });
});

test('the generated code is what the contracts say today', { timeout: BUF_TIMEOUT_MS }, () => {
  const template = readFileSync(join(PROTO_DIR, 'buf.gen.yaml'), 'utf8').replace(
    /^( +out:).*$/m,
    `$1 ${JSON.stringify(folder)}`,
  );
  expect(buf(['generate', '--template', template])).toEqual({ ok: true, output: '' });
  const made = contentsOf(folder, '.ts');
  const committed = contentsOf(GENERATED_DIR, '.ts');
  expect(Object.keys(committed)).toEqual(Object.keys(made));
  for (const path of Object.keys(made)) expect(committed[path] === made[path], path).toBe(true);
});

const earlier = lastDifferentCommit();
test.skipIf(earlier === undefined)(
  `nothing breaks who was built from the contracts before (${earlier ?? 'skipped: no earlier form in this history'})`,
  { timeout: BUF_TIMEOUT_MS },
  () => expect(breakingAgainst(earlier)).toEqual({ ok: true, output: '' }),
);

const namesIn = (source) => [
  ...[...source.matchAll(/^message (\w+) \{/gm)].map(([, name]) => name),
  ...[...source.matchAll(/^enum (\w+) \{/gm)].map(([, name]) => name),
  ...[...source.matchAll(/^service (\w+) \{/gm)].map(([, name]) => `${name}Service`),
];

test.each(Object.entries(contentsOf(join(PROTO_DIR, 'portolan'), '.proto')))(
  'the library exports every message, enum and service of %s',
  (_path, source) => expect(Object.keys(exported)).toEqual(expect.arrayContaining(namesIn(source))),
);

test('only the answer of one method has a field for a secret in the clear', () => {
  const sources = Object.values(contentsOf(PROTO_DIR, '.proto')).join('\n');
  const holders = [...sources.matchAll(/^message (\w+) \{([\s\S]*?)^\}/gm)]
    .filter(([, , body]) => /^ +(?:repeated )?ResolvedSecret /m.test(body))
    .map(([, name]) => name);
  expect(holders).toEqual(['ResolveCredentialResponse']);
});

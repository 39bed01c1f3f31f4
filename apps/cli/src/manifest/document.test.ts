import { describe, expect, test } from 'vitest';
import { configProblems } from './check-config.ts';
import { readText } from './read-files.ts';

const problems = (text: string) => readText(text, 'f.yaml', '.').problems;
const spec = (kind: string, text: string) => problems(`kind: ${kind}\nname: a\nspec: ${text}`);

describe('documents', () => {
  test('several stand in one file, also as JSON, and empty ones are passed over', () => {
    const { documents } = readText('---\nkind: Label\nname: a\n---\n---\nkind: Label\nname: b\n', 'f.yaml', '.');
    expect(documents.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(readText('{"kind":"Label","name":"a"}', 'f.json', '.').documents).toHaveLength(1);
  });

  test.each([
    ['kind: Confg\nname: a', /kind must be one of/],
    ['kind: Label', /name must be a text/],
    ['kind: Label\nname: " a"', /without blanks/],
    ['kind: Label\nname: a\nspce: {}', /spce is not known here; did you mean "spec"/],
    ['kind: Workspace\nname: a\nworkspace: b', /stands in no workspace/],
    ['- 1', /must be an object/],
    ['kind: Label\nkind: Label\nname: a', /unique/],
    ['kind: [', /f\.yaml: /],
  ])('%j is refused', (text, sentence) => {
    expect(problems(text)[0]).toMatch(sentence);
  });

  test('a field that nobody knows is named with the nearest one', () => {
    expect(spec('Config', '{ confg: {}, config: {} }')).toEqual([
      'f.yaml: spec.confg is no field of a Config; did you mean "config"?',
    ]);
    expect(spec('VirtualKey', '{ provider: bedrock, aws_regio: x }')[0]).toContain('did you mean "aws_region"');
    expect(spec('VirtualKey', '{ provider: openai, aws_region: x }')[0]).toContain('is no field');
  });

  test('what is required is asked for', () => {
    expect(spec('ApiKey', '{}')).toEqual(['f.yaml: spec.type is required', 'f.yaml: spec.scopes is required']);
  });

  test('a secret may not stand in a file, and what is none may not be hidden', () => {
    const of = (fields: string) => spec('VirtualKey', `{ provider: bedrock, ${fields} }`);
    expect(of('key: sk-1')[0]).toMatch(/is a secret.*from_env/);
    expect(of('aws_secret_access_key: x')[0]).toMatch(/is a secret/);
    expect(of('custom_headers: { a: x }')[0]).toMatch(/is a secret/);
    expect(of('aws_region: { from_env: R }')[0]).toMatch(/is no secret/);
    expect(of('key: { from_env: K }, custom_headers: { a: { from_file: f } }, aws_secret_access_key: null')).toEqual(
      [],
    );
  });

  test('a message with a secret in it does not repeat the secret', () => {
    expect(JSON.stringify(spec('VirtualKey', '{ provider: openai, key: sk-secret }'))).not.toContain('sk-secret');
  });

  test('an alias cannot be blown up into a flood', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < 8; at += 1) {
      const before = String.fromCharCode(96 + at);
      lines.push(`${String.fromCharCode(97 + at)}: &${String.fromCharCode(97 + at)} [${`*${before}, `.repeat(10)}]`);
    }
    expect(problems(lines.join('\n'))[0]).toMatch(/f\.yaml: .*alias/i);
  });

  test('a config is checked before anybody is asked', () => {
    const text = `kind: Config\nname: a\nspec: { config: { strategy: { mode: falback }, targets: [{ virtual_key: { name: x } }] } }`;
    const [document] = readText(text, 'f.yaml', '.').documents;
    expect(document && configProblems(document)[0]).toMatch(/Config "a": path: strategy,mode/);
  });
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { controlPlaneEnv } from '../../apps/control-plane/src/config.ts';
import { gatewayEnv } from '../../apps/gateway/src/config.ts';
import { vaultEnv } from '../../apps/vault/src/config.ts';
import { vaultOperatorEnv } from '../../apps/vault/src/operator/config.ts';
import { inWorkspace } from '../launch/workspace.mjs';
import { generatedFiles } from './generated.mjs';
import { readEnv } from './read-env.mjs';
import { exampleText, fillMarked, variablesTable } from './write-env.mjs';

const schemas = { gatewayEnv, controlPlaneEnv, vaultEnv, vaultOperatorEnv };
const files = generatedFiles(schemas);

test.each(Object.keys(files))('%s is what npm run env:example writes', (path) => {
  expect(readFileSync(inWorkspace(path), 'utf8')).toBe(files[path]);
});

test('every variable of a service says what it means', () => {
  for (const schema of Object.values(schemas)) {
    for (const { name, text } of readEnv(schema)) expect(text, name).toMatch(/\S+ \S+/);
  }
});

test('variables are read with their defaults, and required ones stand out', () => {
  const variables = readEnv(gatewayEnv);
  const find = (name) => variables.find((variable) => variable.name === name);
  expect(find('GATEWAY_PORT')).toMatchObject({ whenAbsent: '8787', required: false });
  expect(find('GATEWAY_API_KEYS_FILE')).toMatchObject({ whenAbsent: undefined, required: true });
  expect(find('GATEWAY_CONFIGS_DIR')).toMatchObject({ whenAbsent: undefined, required: false });
});

const variables = [
  { name: 'A', text: 'First | thing.', required: false, whenAbsent: '1' },
  { name: 'B', text: 'Second thing.', required: true, whenAbsent: undefined },
];

test('a required variable is the only line that is not a comment', () => {
  const lines = exampleText([{ title: 'Service', variables }]).split('\n');
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual(['B=']);
  expect(lines).toContain('# A=1');
});

test('a bar in a meaning does not end its cell', () => {
  expect(variablesTable(variables)).toContain('| `A` | `1` | First \\| thing. |');
});

test('a document without the marks is refused rather than left stale', () => {
  expect(fillMarked('a\n<!-- x -->\nold\n<!-- /x -->\nb', 'x', 'new')).toBe('a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb');
  expect(() => fillMarked('nothing here', 'x', 'new')).toThrow('missing');
});

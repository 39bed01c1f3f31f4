import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PROVIDER_NAMES } from '../../libs/config-schema/src/provider-names.ts';
import { providerRegistry } from '../../libs/providers/src/registry.ts';
import { behaviourOf } from '../../libs/rehearsal/src/behaviour.ts';
import { REHEARSAL_MODELS } from '../../libs/rehearsal/src/models.ts';
import { CODES } from '../../libs/service-kit/src/errors/codes.ts';
import { inWorkspace } from '../launch/workspace.mjs';
import { ERROR_MEANINGS } from './error-meanings.mjs';
import { generatedPages } from './generated.mjs';
import { addressTable, docstringTable, errorsTable, notYetList, providersTable } from './write-tables.mjs';

const pages = generatedPages({ CODES, providerRegistry, PROVIDER_NAMES, REHEARSAL_MODELS });

test.each(Object.keys(pages))('%s is what npm run docs:tables writes', (path) => {
  expect(readFileSync(inWorkspace(path), 'utf8')).toBe(pages[path]);
});

test('every error has a meaning, and no meaning is left over', () => {
  expect(Object.keys(ERROR_MEANINGS)).toEqual(Object.keys(CODES));
});

test('an error without a meaning stops the table', () => {
  const codes = { brand_new: { http: 400, code: null, retryable: false } };
  expect(() => errorsTable(codes, {})).toThrow('brand_new');
  expect(errorsTable(codes, { brand_new: 'New.' })).toContain('| 400 | `brand_new` |  |  | New. |');
});

describe('the rehearsal provider', () => {
  const source = readFileSync(inWorkspace('libs/rehearsal/src/behaviour.ts'), 'utf8');
  const shown = [...docstringTable(source).matchAll(/^\| `([^`]+)` \|/gm)].map(([, option]) => option);

  test('behaves as each model and each option on the page says', () => {
    for (const model of [...shown.map((option) => `rehearsal:${option}`), ...REHEARSAL_MODELS.map(({ id }) => id)])
      expect(behaviourOf(model).type, model).toBe('behaviour');
  });

  test('has no option that the page does not show', () => {
    const [, table] = /const OPTIONS = \{\n([\s\S]*?)\n\} as const/.exec(source) ?? [];
    const names = [...(table ?? '').matchAll(/^ {2}'?([\w-]+)'?: \{/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(shown.map((option) => option.split('=')[0]).toSorted()).toEqual(names.toSorted());
  });
});

describe('providers', () => {
  const provider = (id, endpoints, baseUrl = () => 'https://example.com') => ({ id, endpoints, baseUrl });
  const needing = (param) => () => {
    throw Object.assign(new Error('missing'), { param });
  };

  test('with the same endpoints share a row', () => {
    const rows = providersTable([
      provider('b', { chatComplete: {} }),
      provider('e', { embed: {} }),
      provider('a', { chatComplete: {} }),
    ]).split('\n');
    expect(rows.slice(2)).toEqual(['| yes | – | – | `a`, `b` |', '| – | – | yes | `e` |']);
  });

  test('without an address are listed by what they need', () => {
    const rows = addressTable([provider('a', {}), provider('b', {}, needing('account'))]).split('\n');
    expect(rows.slice(2)).toEqual(['| `account` | `b` |']);
  });

  test('that nobody answers to are told apart', () => {
    expect(notYetList(new Set(['a', 'c', 'b']), [provider('a', {})])).toBe('`b`, `c`');
  });
});

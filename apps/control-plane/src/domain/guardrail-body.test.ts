import { describe, expect, test } from 'vitest';
import { actionsField, checksField } from './guardrail-body.ts';
import { GUARDRAIL_CHECKS, parametersOf } from './guardrail-checks.ts';

/** Smallest parameters of each check that needs any. */
const NEEDED: Readonly<Record<string, object>> = {
  'default.jwt': { jwksUri: 'https://example.com/jwks' },
  'default.regexMatch': { rule: 'x' },
  'default.jsonSchema': { schema: {} },
  'default.jsonKeys': { keys: ['a'], operator: 'any' },
  'default.contains': { words: ['a'], operator: 'none' },
  'default.containsCode': { format: 'SQL' },
  'default.webhook': { webhookURL: 'https://example.com' },
  'default.endsWith': { suffix: '.' },
  'default.requiredMetadataKeys': { metadataKeys: ['a'], operator: 'all' },
};

const isRight = (check: object): boolean => checksField().safeParse([check]).success;

describe('checks of guardrails', () => {
  test.each(Object.keys(GUARDRAIL_CHECKS))('%s takes what it needs', (id) => {
    expect(isRight({ id, parameters: NEEDED[id] ?? {} })).toBe(true);
    expect(isRight({ id })).toBe(NEEDED[id] === undefined);
  });

  test('a check of ours takes nothing that it does not know, and what all of them know', () => {
    expect(isRight({ id: 'default.wordCount', parameters: { minWords: 1, maxWords: 2, not: true } })).toBe(true);
    expect(isRight({ id: 'default.wordCount', parameters: { minwords: 1 } })).toBe(false);
    expect(isRight({ id: 'default.wordCount', parameters: { minWords: 'one' } })).toBe(false);
    expect(isRight({ id: 'default.contains', parameters: { words: [], operator: 'any' } })).toBe(false);
    expect(isRight({ id: 'default.webhook', parameters: { webhookURL: 'file:///etc/passwd' } })).toBe(false);
  });

  test('partners are known by family only', () => {
    for (const id of ['patronus.phi', 'azure.shieldPrompt', 'bedrock.guard'])
      expect(parametersOf(id), id).toBeDefined();
    for (const id of [
      'patronus',
      'patronus.',
      'patronus.a.b',
      'nobody.x',
      'portkey.other',
      'default.other',
      'toString',
    ]) {
      expect(parametersOf(id), id).toBeUndefined();
    }
  });

  test('actions are known by name', () => {
    const right = (actions: unknown): boolean => actionsField().safeParse(actions).success;
    expect(right({ deny: true, async: false, on_success: { feedback: { value: 5, weight: 1, metadata: {} } } })).toBe(
      true,
    );
    for (const wrong of [
      {},
      { deny: true },
      { deny: 1, async: 0 },
      { deny: true, async: true, other: 1 },
      [],
      'deny',
    ]) {
      expect(right(wrong), JSON.stringify(wrong)).toBe(false);
    }
  });
});

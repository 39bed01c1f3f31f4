import { describe, expect, test } from 'vitest';
import { toHooks } from './guardrail.ts';

const INLINE = { origin: 'inline', async: false, deny: false, sequential: false, softDeny200: false };

describe('hook lists', () => {
  test('hooks come first, then guardrails, then mutators', () => {
    const hooks = toHooks('before', { mutators: ['m'], guardrails: ['g'], hooks: [{ id: 'h' }] });
    expect(hooks.map(({ id, type, origin }) => [id, type, origin])).toEqual([
      ['h', 'guardrail', 'saved'],
      ['g', 'guardrail', 'saved'],
      ['m', 'mutator', 'saved'],
    ]);
  });

  test('what a saved one does not override stays undefined', () => {
    const [hook] = toHooks('before', { guardrails: [{ id: 'pg-1', deny: true, async: false }] });
    expect(hook).toEqual({ id: 'pg-1', type: 'guardrail', origin: 'saved', checks: [], deny: true, async: false });
  });

  test('a raw one is complete', () => {
    const [hook] = toHooks('after', {
      hooks: [
        {
          id: 'mine',
          type: 'guardrail',
          checks: [
            { id: 'default.regexMatch', parameters: { rule: 'x' } },
            { id: 'contains', is_enabled: false },
          ],
          sequential: true,
          on_fail: { feedback: { value: -1, weight: 1 } },
        },
      ],
    });
    expect(hook).toEqual({
      ...INLINE,
      id: 'mine',
      type: 'guardrail',
      sequential: true,
      checks: [
        { id: 'default.regexMatch', parameters: { rule: 'x' }, isEnabled: true },
        { id: 'default.contains', parameters: {}, isEnabled: false },
      ],
      onFailFeedback: { value: -1, weight: 1 },
    });
  });

  test('in the shorthand every key that is no action is a check', () => {
    const [hook] = toHooks('before', {
      guardrails: [{ contains: { words: ['x'] }, 'portkey.gibberish': {}, deny: true, on_success: {} }],
    });
    expect(hook).toMatchObject({
      ...INLINE,
      deny: true,
      type: 'guardrail',
      checks: [
        { id: 'default.contains', parameters: { words: ['x'] }, isEnabled: true },
        { id: 'portkey.gibberish', parameters: {}, isEnabled: true },
      ],
    });
    expect(hook?.id).toMatch(/^input_guardrail_[a-z0-9]{6}$/);
  });

  test('an invented id depends on the content, not on the order of keys', () => {
    const idOf = (entry: Record<string, { a?: number; b?: number }>) =>
      toHooks('after', { guardrails: [entry] })[0]?.id;
    expect(idOf({ contains: { a: 1, b: 2 } })).toBe(idOf({ contains: { b: 2, a: 1 } }));
    expect(idOf({ contains: { a: 1 } })).not.toBe(idOf({ contains: { a: 2 } }));
    expect(idOf({ contains: {} })).toMatch(/^output_guardrail_/);
  });

  test('a mutator never runs beside the request', () => {
    const [listed, typed] = toHooks('before', {
      mutators: [{ addPrefix: {}, async: true }],
      hooks: [],
      guardrails: [],
    }).concat(toHooks('before', { hooks: [{ id: 'x', type: 'mutator', async: true }] }));
    expect([listed?.async, typed?.async]).toEqual([false, false]);
  });
});

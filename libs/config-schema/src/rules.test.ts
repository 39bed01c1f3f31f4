import { describe, expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import type { ConfigSource } from './relax.ts';

const errorsOf = (input: unknown, source: ConfigSource): readonly string[] => {
  const parsed = parseConfig(input, source);
  return parsed.ok ? [] : parsed.errors;
};

const warningsOf = (input: unknown): readonly string[] => {
  const parsed = parseConfig(input, 'saved');
  if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
  return parsed.warnings;
};

const leaf = { provider: '@a' };
const group = (mode: string, targets: readonly object[], more: object = {}) => ({
  strategy: { mode, ...more },
  targets,
});

describe('conditional configs', () => {
  const targets = [
    { ...leaf, name: 'one' },
    { ...leaf, name: 'two' },
  ];
  const when = (query: object, then = 'one') => ({ query, then });

  test('a saved one needs conditions and a default; an inline one may do without', () => {
    const bare = group('conditional', targets);
    expect(errorsOf(bare, 'saved')).toEqual([
      "path: strategy,conditions, message: 'conditions' is required by mode 'conditional'.",
      "path: strategy,default, message: 'default' is required by mode 'conditional'.",
    ]);
    expect(errorsOf(bare, 'inline')).toEqual([]);
  });

  test('names of a saved one must exist', () => {
    const input = group('conditional', targets, { conditions: [when({}, 'onne')], default: 'three' });
    expect(errorsOf(input, 'saved')).toEqual([
      "path: strategy,conditions,0,then, message: 'then' must be the 'name' of a target. Did you mean 'one'?",
      "path: strategy,default, message: 'default' must be the 'name' of a target.",
    ]);
    expect(errorsOf(input, 'inline')).toEqual([]);
  });

  test('names are unique where they select, and everywhere in a saved config', () => {
    const twins = [targets[0] ?? leaf, targets[0] ?? leaf];
    const error = "path: targets,1,name, message: 'name' must be unique among its siblings.";
    expect(errorsOf(group('conditional', twins, { conditions: [when({})], default: 'one' }), 'inline')).toEqual([
      error,
    ]);
    expect(errorsOf(group('fallback', twins), 'saved')).toEqual([error]);
    expect(errorsOf(group('fallback', twins), 'inline')).toEqual([]);
  });

  test('a saved one uses known operators; odd paths and patterns are only warned of', () => {
    const withQuery = (query: object) => group('conditional', targets, { conditions: [when(query)], default: 'one' });
    expect(errorsOf(withQuery({ $or: [{ 'metadata.a': { $like: 'x' } }] }), 'saved')).toEqual([
      "path: strategy,conditions,0,query, message: Unsupported operator '$like'.",
    ]);
    expect(warningsOf(withQuery({ 'metadata.a.b': { $regex: '(?=x)' } }))).toEqual([
      "path: strategy,conditions,0,query, message: Only the first two segments of 'metadata.a.b' are read.",
      "path: strategy,conditions,0,query, message: Pattern '(?=x)' is not supported: never matches.",
    ]);
  });
});

describe('saved configs are held to more', () => {
  test.each([['ftp://h'], ['h.example/v1'], ['https://user@h/v1'], ['https://']])('custom host %s', (custom_host) => {
    expect(errorsOf({ ...leaf, custom_host }, 'saved')).toEqual(['path: custom_host, message: Invalid custom host']);
    expect(errorsOf({ ...leaf, custom_host }, 'inline')).toEqual([]);
  });

  test('a circuit breaker needs its cooldown', () => {
    const input = { ...leaf, cb_config: { failure_threshold: 2 } };
    expect(errorsOf(input, 'saved')).toEqual([
      "path: cb_config,cooldown_interval, message: 'cooldown_interval' is required.",
    ]);
    expect(errorsOf(input, 'inline')).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { type ParseOptions, parseConfig } from './config.ts';
import type { ConfigSource } from './relax.ts';

const errorsOf = (input: unknown, source: ConfigSource, options?: ParseOptions): readonly string[] => {
  const parsed = parseConfig(input, source, options);
  return parsed.ok ? [] : parsed.errors;
};

const leaf = { provider: '@a' };
const group = (mode: string, targets: readonly object[], more: object = {}) => ({
  strategy: { mode, ...more },
  targets,
});
const nested = (depth: number): object => (depth === 0 ? leaf : group('single', [nested(depth - 1)]));

describe('size', () => {
  const many = (count: number): object[] => Array.from({ length: count }, () => leaf);

  test('100 targets at the root, 1000 if it is conditional', () => {
    expect(errorsOf(group('fallback', many(100)), 'saved')).toEqual([]);
    expect(errorsOf(group('fallback', many(101)), 'saved')).toEqual([
      "path: targets, message: 'targets' must have at most 100 entries at the root.",
    ]);
    expect(errorsOf(group('conditional', many(1000)), 'inline')).toEqual([]);
    expect(errorsOf(group('conditional', many(1001)), 'inline')).toHaveLength(1);
  });

  test('50 targets below each root target, counted over all levels', () => {
    const wide = (count: number) => group('single', [group('single', [group('single', many(count - 1))])]);
    expect(errorsOf(wide(50), 'inline')).toEqual([]);
    expect(errorsOf(wide(51), 'inline')).toEqual([
      'path: targets,0, message: A root target may hold at most 50 nested targets.',
    ]);
  });

  test('limits are a deployment setting', () => {
    expect(errorsOf(group('fallback', many(3)), 'inline', { limits: { maxRootTargets: 2 } })).toHaveLength(1);
  });

  test('targets nest 8 levels deep', () => {
    expect(errorsOf(nested(8), 'inline')).toEqual([]);
    expect(errorsOf(nested(9), 'inline')).toEqual([
      'path: targets,0, message: Targets may be nested 8 levels deep at most.',
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { LEGACY_FORMAT_MESSAGE, parseConfig } from './config.ts';
import type { ConfigSource } from './relax.ts';

const errorsOf = (input: unknown, source: ConfigSource): readonly string[] => {
  const parsed = parseConfig(input, source);
  return parsed.ok ? [] : parsed.errors;
};

const configOf = (input: unknown, source: ConfigSource = 'inline') => {
  const parsed = parseConfig(input, source);
  if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
  return parsed.config;
};

const warningsOf = (input: unknown, source: ConfigSource = 'saved'): readonly string[] => {
  const parsed = parseConfig(input, source);
  if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
  return parsed.warnings;
};

const leaf = { provider: '@a' };
const group = (mode: string, targets: readonly object[], more: object = {}) => ({
  strategy: { mode, ...more },
  targets,
});

describe('form', () => {
  test.each([[null], [undefined], ['pc-1'], [[]], [3]])('%j is no config', (input) => {
    expect(errorsOf(input, 'inline')).toEqual(['path: , message: The config must be a JSON object.']);
  });

  test.each(['options', 'mode', 'params'])('the old format is told by a root %s', (field) => {
    const parsed = parseConfig({ ...leaf, [field]: 'x' }, 'inline');
    expect(parsed).toEqual({
      ok: false,
      message: LEGACY_FORMAT_MESSAGE,
      errors: [`path: ${field}, message: ${LEGACY_FORMAT_MESSAGE}`],
    });
  });

  test('JSON nested beyond all reason is refused, not walked', () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`);
    expect(errorsOf({ ...leaf, override_params: deep }, 'inline')).toEqual([
      'path: , message: The config must not nest deeper than 100 levels.',
    ]);
  });

  test('at most 20 errors come back, and names in them are cut', () => {
    const long = 'k'.repeat(500);
    const input = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${long}${index}`, 1]));
    const errors = errorsOf({ ...leaf, ...input }, 'saved');
    expect(errors).toHaveLength(20);
    for (const error of errors) expect(error.length).toBeLessThan(300);
  });

  test('a __proto__ key changes nothing', () => {
    const input: unknown = JSON.parse(
      '{"provider":"@a","__proto__":{"api_key":"x"},"override_params":{"__proto__":{"m":1}}}',
    );
    expect(configOf(input)).toEqual({ provider: '@a', override_params: {} });
  });
});

describe('spelling', () => {
  test('an inline config may be camelCase, all the way down', () => {
    expect(
      configOf({
        strategy: { mode: 'fallback', onStatusCodes: [429] },
        requestTimeout: 5,
        strictOpenAICompliance: false,
        targets: [{ virtualKey: 'v', awsS3Bucket: 'b', retry: { attempts: 1, useRetryAfterHeaders: true } }],
      }),
    ).toEqual({
      strategy: { mode: 'fallback', on_status_codes: [429] },
      request_timeout: 5,
      strict_open_ai_compliance: false,
      targets: [{ virtual_key: 'v', aws_s3_bucket: 'b', retry: { attempts: 1, use_retry_after_headers: true } }],
    });
  });

  test('keys beneath params and guardrails are never respelled', () => {
    const verbatim = {
      override_params: { apiKey: 1, inner: { maxAge: 2 } },
      default_params: { onStatusCodes: 1 },
      input_guardrails: [{ 'default.regexMatch': { apiKey: 'x' } }],
      before_request_hooks: [{ id: 'a', checks: [{ id: 'default.regexMatch', parameters: { maxAge: 1 } }] }],
    };
    expect(configOf({ ...leaf, ...verbatim })).toEqual({ ...leaf, ...verbatim });
  });

  test('snake_case wins over its camelCase twin', () => {
    expect(configOf({ virtual_key: 'snake', virtualKey: 'camel' })).toEqual({ virtual_key: 'snake' });
  });

  test('a saved config refuses camelCase and unknown keys, and says what was probably meant', () => {
    expect(
      errorsOf({ targts: [], overrideParams: {}, zzzzzz: 1, strategy: { mode: 'single', modde: 1 } }, 'saved'),
    ).toEqual([
      "path: strategy,modde, message: Unknown key 'modde', did you mean 'mode'?",
      "path: targts, message: Unknown key 'targts', did you mean 'targets'?",
      "path: overrideParams, message: Unknown key 'overrideParams', did you mean 'override_params'?",
      "path: zzzzzz, message: Unknown key 'zzzzzz'.",
    ]);
  });

  test('an inline config ignores unknown keys anywhere', () => {
    expect(
      configOf({
        foo: 1,
        strategy: { mode: 'single', foo: 1 },
        targets: [{ ...leaf, foo: 1, retry: { attempts: 1, x: 2 } }],
      }),
    ).toEqual({ strategy: { mode: 'single' }, targets: [{ ...leaf, retry: { attempts: 1 } }] });
  });
});

describe('sentences', () => {
  test.each([
    [{ ...leaf, weight: -1 }, "path: weight, message: 'weight' must be at least 0."],
    [{ ...leaf, weight: '1' }, "path: weight, message: 'weight' must be a number."],
    [{ ...leaf, api_key: 5 }, "path: api_key, message: 'api_key' must be a string."],
    [{ ...leaf, retry: {} }, "path: retry,attempts, message: 'attempts' is required."],
    [{ ...leaf, retry: { attempts: 1.5 } }, "path: retry,attempts, message: 'attempts' must be a whole number."],
    [{ ...leaf, cache: {} }, "path: cache,mode, message: 'mode' is required."],
    [{ ...leaf, cache: 'fuzzy' }, "path: cache,mode, message: Invalid 'mode' value. Must be one of: simple, semantic."],
    [{ ...leaf, override_params: [] }, "path: override_params, message: 'override_params' must be an object."],
    [{ ...leaf, input_guardrails: [5] }, 'path: input_guardrails,0, message: Must be an id or an object.'],
    [
      { ...leaf, retry: { attempts: 1, on_status_codes: [1.5] } },
      "path: retry,on_status_codes,0, message: 'on_status_codes[0]' must be a whole number.",
    ],
    [
      group('loadbalance', [leaf], { sticky: { enabled: true, hash_fields: ['body.x'] } }),
      "path: strategy,sticky,hash_fields,0, message: Must begin with 'metadata.', 'params.' or 'headers.'.",
    ],
    [
      group('loadbalance', [leaf], { sticky: { enabled: true, ttl: 0 } }),
      "path: strategy,sticky,ttl, message: 'ttl' must be greater than 0.",
    ],
    [
      { ...leaf, cb_config: { failure_threshold: 0, cooldown_interval: 30000 } },
      "path: cb_config,failure_threshold, message: 'failure_threshold' must be at least 1.",
    ],
    [{ provider: 'opneai', api_key: 'x' }, "path: provider, message: Invalid 'provider' value. Did you mean 'openai'?"],
    [{ provider: '@', api_key: 'x' }, "path: provider, message: Invalid 'provider' value. A slug must follow '@'."],
  ])('%j', (input, error) => {
    for (const source of ['inline', 'saved'] as const) expect(errorsOf(input, source)).toEqual([error]);
  });
});

describe('corrected rather than refused', () => {
  test('retry attempts are clamped inline and refused saved', () => {
    expect(configOf({ retry: { attempts: 9 } })).toEqual({ retry: { attempts: 5 } });
    expect(configOf({ retry: { attempts: -1 } })).toEqual({ retry: { attempts: 0 } });
    expect(errorsOf({ retry: { attempts: 9 } }, 'saved')).toEqual([
      "path: retry,attempts, message: 'attempts' must be at most 5.",
    ]);
    expect(errorsOf({ retry: { attempts: -1 } }, 'saved')).toEqual([
      "path: retry,attempts, message: 'attempts' must be at least 0.",
    ]);
  });

  test.each([[0], [-5], [1.5], ['10'], [null]])('a timeout of %j is none', (value) => {
    const timeouts = {
      request_timeout: value,
      total_timeout: value,
      first_token_timeout: value,
      stream_idle_timeout: value,
    };
    expect(configOf({ ...leaf, ...timeouts })).toEqual(leaf);
    expect(configOf({ ...leaf, ...timeouts }, 'saved')).toEqual(leaf);
  });

  test.each([
    [59, 604800],
    [60, 60],
    [7_776_000, 7_776_000],
    [7_776_001, 604800],
    [90.5, 604800],
  ])('a cache age of %d means %d', (given, used) => {
    for (const source of ['inline', 'saved'] as const)
      expect(configOf({ cache: { mode: 'simple', max_age: given } }, source)).toEqual({
        cache: { mode: 'simple', max_age: used },
      });
  });

  test('the cache may be a bare mode', () => {
    expect(configOf({ cache: 'semantic' }, 'saved')).toEqual({ cache: { mode: 'semantic' } });
  });

  test('a short cooldown is raised, wherever it stands', () => {
    const cb_config = { failure_threshold: 3, cooldown_interval: 10 };
    const raised = { ...cb_config, cooldown_interval: 30000 };
    expect(configOf({ ...group('fallback', [{ ...leaf, cb_config }], { cb_config }), cb_config }, 'saved')).toEqual({
      ...group('fallback', [{ ...leaf, cb_config: raised }], { cb_config: raised }),
      cb_config: raised,
    });
  });

  test('each correction is told to the author, with its place', () => {
    expect(
      warningsOf(group('single', [{ ...leaf, request_timeout: 0, cache: { mode: 'simple', max_age: 1 } }])),
    ).toEqual([
      "path: targets,0,request_timeout, message: 'request_timeout' is not a positive whole number of milliseconds and is ignored.",
      "path: targets,0,cache, message: 'max_age' is out of bounds; 604800 seconds are used.",
    ]);
    expect(warningsOf(leaf)).toEqual([]);
  });
});

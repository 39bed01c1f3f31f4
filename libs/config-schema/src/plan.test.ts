import { describe, expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { deepFreeze } from './json.ts';
import { planConfig } from './plan.ts';
import { hasProviderSignal, leaves, type RouteLeaf, type RouteNode } from './route.ts';

const planOf = (input: unknown): RouteNode => {
  const parsed = parseConfig(input, 'inline');
  if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
  return planConfig(deepFreeze(parsed.config));
};
const leavesOf = (input: unknown): readonly RouteLeaf[] => leaves(planOf(input));
const targetOf = (input: object) => leavesOf({ cache: 'simple', ...input })[0]?.target;
const group = (targets: readonly object[], more: object = {}, mode = 'fallback') => ({
  strategy: { mode },
  targets,
  ...more,
});

describe('inheritance', () => {
  test('the nearest word on a timeout counts', () => {
    const input = group(
      [
        group([{ provider: '@a' }, { provider: '@b', request_timeout: 10000 }], { request_timeout: 5000 }),
        { provider: '@c' },
      ],
      { request_timeout: 2000 },
    );
    expect(leavesOf(input).map((leaf) => leaf.policy.requestTimeoutMs)).toEqual([5000, 10000, 2000]);
  });

  test('params merge key by key, retry and cache are replaced whole', () => {
    const [leaf] = leavesOf(
      group(
        [
          {
            provider: '@a',
            override_params: { b: 2, o: { y: 1 } },
            default_params: { d: 2 },
            retry: { attempts: 1 },
            cache: { mode: 'semantic' },
          },
        ],
        {
          override_params: { a: 1, b: 1, o: { x: 1 } },
          default_params: { c: 1, d: 1 },
          retry: { attempts: 3, on_status_codes: [500], use_retry_after_headers: true },
          cache: { mode: 'simple', max_age: 100 },
        },
      ),
    );
    expect(leaf?.policy).toMatchObject({
      overrideParams: { a: 1, b: 2, o: { y: 1 } },
      defaultParams: { c: 1, d: 2 },
      retry: { attempts: 1, onStatusCodes: [429, 500, 502, 503, 504, 529], useRetryAfterHeader: false },
      cache: { mode: 'semantic', maxAgeSeconds: 604800, maxAgeGiven: false },
    });
  });

  test('an empty list or host says nothing; a boolean always speaks', () => {
    const root = {
      drop_params: ['x'],
      forward_headers: ['h'],
      custom_host: 'https://h.example',
      strict_open_ai_compliance: false,
      input_guardrails: ['pg-1'],
    };
    const silent = { provider: '@a', drop_params: [], forward_headers: [], custom_host: '', input_guardrails: [] };
    const [first, second] = leavesOf(group([silent, { provider: '@b', strict_open_ai_compliance: true }], root));
    expect(first?.policy).toMatchObject({
      dropParams: ['x'],
      forwardHeaders: ['h'],
      customHost: 'https://h.example',
      strict: false,
      beforeRequestHooks: [{ id: 'pg-1' }],
    });
    expect(second?.policy.strict).toBe(true);
  });

  test('credentials, settings, names and prompts stay where they were written', () => {
    const root = {
      api_key: 'k',
      virtual_key: 'v',
      provider: 'openai',
      name: 'n',
      weight: 3,
      prompt_id: 'p',
      openai_project: 'x',
      passthrough: true,
    };
    const [leaf] = leavesOf(group([{ cache: 'simple' }], root));
    expect(leaf).toMatchObject({ weight: 1, target: { passthrough: false, settings: {} } });
    expect(leaf?.name).toBeUndefined();
    for (const field of ['provider', 'slug', 'apiKey', 'promptId'] as const)
      expect(leaf?.target[field]).toBeUndefined();
  });

  test('the timeouts of a call and of its stream travel down like the others', () => {
    const [leaf] = leavesOf(
      group([{ provider: '@a', stream_idle_timeout: 3 }], {
        total_timeout: 1,
        first_token_timeout: 2,
        stream_idle_timeout: 9,
      }),
    );
    expect(leaf?.policy).toMatchObject({ totalTimeoutMs: 1, firstTokenTimeoutMs: 2, streamIdleTimeoutMs: 3 });
  });
});

describe('circuit breaker', () => {
  const cb_config = { failure_threshold: 3, cooldown_interval: 30000 };
  const breaker = { failureThreshold: 3, minimumRequests: 5, cooldownIntervalMs: 30000 };
  const breakersOf = (input: unknown) => leavesOf(input).map((leaf) => leaf.policy.circuitBreaker);

  test('the strategy has the first word, and it travels down', () => {
    const input = {
      ...group([{ provider: '@a' }, group([{ provider: '@b' }])]),
      strategy: { mode: 'fallback', cb_config },
      cb_config: { ...cb_config, failure_threshold: 9 },
    };
    expect(breakersOf(input)).toEqual([breaker, breaker]);
    expect(planOf(input)).toMatchObject({ circuitBreaker: breaker, children: [{}, { circuitBreaker: breaker }] });
  });

  test('only leaves with a vault entry have one', () => {
    expect(breakersOf(group([{ provider: 'openai', api_key: 'k' }, { virtual_key: 'v' }], { cb_config }))).toEqual([
      undefined,
      breaker,
    ]);
  });

  test('a conditional group neither uses one nor passes one on', () => {
    const inner = {
      ...group([{ provider: '@a' }, group([{ provider: '@b' }], { cb_config })], { cb_config }, 'conditional'),
    };
    const plan = planOf(group([inner], { cb_config }));
    expect(leaves(plan).map((leaf) => leaf.policy.circuitBreaker)).toEqual([undefined, breaker]);
    expect(plan.kind === 'group' && plan.children[0]).not.toHaveProperty('circuitBreaker.cooldownIntervalMs');
  });

  test('without a cooldown or a threshold it never opens, so there is none', () => {
    expect(breakersOf({ provider: '@a', cb_config: { failure_threshold: 1 } })).toEqual([undefined]);
    expect(breakersOf({ provider: '@a', cb_config: { cooldown_interval: 30000 } })).toEqual([undefined]);
  });
});

describe('whom a leaf calls', () => {
  test.each([
    [{ provider: '@p', virtual_key: 'v', override_params: { model: '@m/x' } }, 'p'],
    [{ provider: 'openai', virtual_key: 'v', override_params: { model: '@m/x' } }, 'v'],
    [{ provider: 'openai', override_params: { model: '@m/x' } }, 'm'],
    [{ provider: '@p/rest' }, 'p'],
    [{ override_params: { model: '@cf/x' } }, undefined],
    [{ override_params: { model: '@hf/x' } }, undefined],
    [{ override_params: { model: '@m' } }, undefined],
  ])('%j is slug %s', (input, slug) => {
    expect(targetOf(input)?.slug).toBe(slug);
  });

  test('a slug is no provider name', () => {
    expect(targetOf({ provider: '@p' })?.provider).toBeUndefined();
    expect(targetOf({ provider: 'openai', virtual_key: 'v' })?.provider).toBe('openai');
  });

  test('a slug leaves the model behind it, inherited ones too', () => {
    const [leaf] = leavesOf(
      group([{ cache: 'simple' }], { override_params: { model: '@m/@cf/llama' }, default_params: { model: '@d/gpt' } }),
    );
    expect(leaf?.target.slug).toBe('m');
    expect(leaf?.policy.overrideParams).toEqual({ model: '@cf/llama' });
    expect(leaf?.policy.defaultParams).toEqual({ model: 'gpt' });
  });

  test('a config names its provider, has targets, or leaves it to the request', () => {
    expect(hasProviderSignal(planOf({ provider: 'ollama' }))).toBe(true);
    expect(hasProviderSignal(planOf({ virtual_key: 'v' }))).toBe(true);
    expect(hasProviderSignal(planOf(group([{ cache: 'simple' }])))).toBe(true);
    expect(hasProviderSignal(planOf({ cache: 'simple' }))).toBe(false);
    expect(hasProviderSignal(planOf({ passthrough: true }))).toBe(false);
  });
});

describe('settings', () => {
  const settingsOf = (input: object) => targetOf(input)?.settings;

  test('objects become JSON text, flags words, empty ones nothing', () => {
    expect(
      settingsOf({
        vertex_service_account_json: { project_id: 'p' },
        deployments: [{ deployment_id: 'd', alias: 'a', is_default: true }],
        mistral_fim_completion: true,
        openai_project: '',
        aws_region: 'eu-west-1',
      }),
    ).toEqual({
      vertex_service_account_json: '{"project_id":"p"}',
      deployments: '[{"deployment_id":"d","alias":"a","is_default":true}]',
      mistral_fim_completion: 'true',
      aws_region: 'eu-west-1',
    });
  });

  test('synonyms become the one name, which wins when both are there', () => {
    const azure = { azure_resource_name: 'r', azure_deployment_id: 'd', azure_api_version: 'v' };
    const canonical = { resource_name: 'r', deployment_id: 'd', api_version: 'v' };
    expect(settingsOf({ ...azure, provider: 'azure-openai' })).toEqual(canonical);
    expect(settingsOf({ ...azure, provider: 'azure-openai', resource_name: 'own', api_version: 'own' })).toEqual({
      ...canonical,
      resource_name: 'own',
      api_version: 'own',
    });
    expect(settingsOf({ azure_api_version: 'v', provider: 'azure-ai' })).toEqual({ azure_api_version: 'v' });
    expect(settingsOf({ azure_api_version: 'v', virtual_key: 'x' })).toEqual({
      azure_api_version: 'v',
      api_version: 'v',
    });
    expect(settingsOf({ oracle_version: 'v', azure_extra_params: 'drop' })).toEqual({
      oracle_api_version: 'v',
      azure_extra_parameters: 'drop',
    });
  });
});

describe('groups', () => {
  test('the older place of fallback statuses counts when the strategy is silent', () => {
    expect(planOf(group([{ provider: '@a' }], { on_status_codes: [429] }))).toMatchObject({ onStatusCodes: [429] });
    const both = {
      ...group([{ provider: '@a' }]),
      strategy: { mode: 'fallback', on_status_codes: [] },
      on_status_codes: [429],
    };
    expect(planOf(both)).toMatchObject({ onStatusCodes: [] });
    expect(planOf(group([{ provider: '@a' }]))).not.toHaveProperty('onStatusCodes', expect.anything());
  });

  test('stickiness is there when switched on, an hour long by default', () => {
    const sticky = (value: object) =>
      planOf({ strategy: { mode: 'loadbalance', sticky: value }, targets: [{ provider: '@a' }] });
    expect(sticky({ enabled: true })).toMatchObject({ sticky: { hashFields: [], ttlSeconds: 3600 } });
    expect(sticky({ hash_fields: ['metadata.x'] })).not.toHaveProperty('sticky.ttlSeconds');
  });

  test('a plan is frozen through and through', () => {
    const then = 'a';
    const plan = planOf({
      strategy: {
        mode: 'conditional',
        conditions: [{ query: { 'metadata.a': { $in: ['x'] } }, then }],
        default: 'a',
      },
      targets: [
        {
          name: 'a',
          provider: '@a',
          override_params: { o: { deep: [1] } },
          input_guardrails: [{ contains: { words: ['x'] } }],
        },
      ],
    });
    const check = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      Object.values(value).forEach(check);
    };
    check(plan);
  });
});

import { describe, expect, test } from 'vitest';
import { type ParseOptions, parseConfig } from './config.ts';
import type { ConfigSource } from './relax.ts';

const NO_MEANING =
  "Invalid configuration. It must have either 'provider' and 'api_key', or 'strategy' and 'targets', " +
  "or 'cache', or 'retry', or 'request_timeout'";

const errorsOf = (input: unknown, source: ConfigSource, options?: ParseOptions): readonly string[] => {
  const parsed = parseConfig(input, source, options);
  return parsed.ok ? [] : parsed.errors;
};

const leaf = { provider: '@a' };
const group = (mode: string, targets: readonly object[], more: object = {}) => ({
  strategy: { mode, ...more },
  targets,
});

describe('what may stand together', () => {
  test.each([
    [{ provider: 'openai', api_key: 'k' }],
    [{ provider: 'openai', custom_host: 'https://h.example/v1' }],
    [{ virtual_key: 'v' }],
    [{ provider: '@v' }],
    [{ override_params: { model: '@v/gpt' } }],
    [group('single', [leaf])],
    [{ cache: { mode: 'simple' } }],
    [{ retry: { attempts: 0 } }],
    [{ request_timeout: 1 }],
    [{ total_timeout: 1 }],
    [{ first_token_timeout: 1 }],
    [{ stream_idle_timeout: 1 }],
    [{ prompt_id: 'pp-1' }],
    [{ forward_headers: [] }],
    [{ passthrough: true }],
    [{ default_params: {} }],
    [{ drop_params: ['x'] }],
    [{ before_request_hooks: [{ id: 'x' }] }],
    [{ after_request_hooks: [] }],
    [{ input_guardrails: ['x'] }],
    [{ output_guardrails: ['x'] }],
    [{ provider: 'ollama' }],
    [{ provider: 'triton' }],
    [{ provider: 'bedrock', aws_access_key_id: 'a', aws_secret_access_key: 'b' }],
    [{ provider: 'vertex-ai', vertex_region: 'r', vertex_project_id: 'p' }],
    [{ provider: 'vertex-ai', vertex_region: 'r', vertex_service_account_json: { a: 1 } }],
    [{ provider: 'azure-openai', azure_ad_token: 't' }],
    [{ provider: 'azure-ai', azure_endpoint_name: 'e', azure_deployment_type: 'managed' }],
    [
      {
        provider: 'azure-ai',
        azure_deployment_name: 'd',
        azure_deployment_type: 'serverless',
        azure_region: 'r',
        azure_api_version: 'v',
      },
    ],
  ])('%j stands', (input) => {
    expect(errorsOf(input, 'inline')).toEqual([]);
    expect(errorsOf(input, 'saved')).toEqual([]);
  });

  test.each([
    [{}],
    [{ provider: 'openai' }],
    [{ api_key: 'k' }],
    [{ passthrough: false }],
    [{ override_params: { model: 'gpt' } }],
    [{ override_params: { model: '@cf/llama' } }],
    [{ override_params: { model: '@hf/llama' } }],
    [{ request_timeout: 0 }],
    [{ provider: 'bedrock', aws_access_key_id: 'a' }],
    [{ provider: 'azure-ai', azure_endpoint_name: 'e' }],
  ])('%j does not', (input) => {
    expect(errorsOf(input, 'inline')).toEqual([`path: , message: ${NO_MEANING}`]);
    expect(errorsOf(group('single', [input]), 'saved')).toEqual([`path: targets,0, message: ${NO_MEANING}`]);
  });

  test('a strategy needs targets, and targets a strategy', () => {
    expect(errorsOf({ strategy: { mode: 'single' } }, 'inline')).toEqual([
      "path: targets, message: 'targets' is required beside 'strategy'.",
    ]);
    expect(errorsOf({ targets: [leaf] }, 'inline')).toEqual([
      "path: strategy, message: 'strategy' is required beside 'targets'.",
    ]);
    expect(errorsOf(group('single', []), 'inline')).toEqual([
      "path: targets, message: 'targets' must have at least 1 entry.",
    ]);
  });

  test('vertex-ai by name must say where it is, even with a key', () => {
    expect(errorsOf({ provider: 'vertex-ai', api_key: 'k' }, 'inline')).toEqual([
      "path: , message: Provider 'vertex-ai' needs 'vertex_region' and either 'vertex_project_id' or 'vertex_service_account_json'.",
    ]);
  });

  test('a load balance with nothing left to draw is refused', () => {
    expect(
      errorsOf(
        group('loadbalance', [
          { ...leaf, weight: 0 },
          { ...leaf, weight: 0 },
        ]),
        'inline',
      ),
    ).toEqual(["path: targets, message: At least one target must have a 'weight' above 0."]);
    expect(errorsOf(group('loadbalance', [{ ...leaf, weight: 0 }, leaf]), 'inline')).toEqual([]);
    expect(errorsOf(group('fallback', [{ ...leaf, weight: 0 }]), 'inline')).toEqual([]);
  });

  test('a deployment may bring its own providers', () => {
    const input = { provider: 'house', api_key: 'k' };
    expect(errorsOf(input, 'inline')).toHaveLength(1);
    expect(errorsOf(input, 'inline', { providerNames: new Set(['house']) })).toEqual([]);
  });
});

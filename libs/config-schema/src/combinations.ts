import { slugOfProvider, splitModel } from './model-slug.ts';
import type { Config } from './target.ts';

/** Fields that make a node meaningful by themselves. */
const SUFFICIENT = [
  'cache',
  'retry',
  'request_timeout',
  'total_timeout',
  'first_token_timeout',
  'stream_idle_timeout',
  'prompt_id',
  'forward_headers',
  'passthrough',
  'default_params',
  'drop_params',
  'before_request_hooks',
  'after_request_hooks',
  'input_guardrails',
  'output_guardrails',
] as const satisfies readonly (keyof Config)[];

const KEYLESS_PROVIDERS = new Set(['ollama', 'triton', 'rehearsal']);

export const hasVertexPlace = (node: Config): boolean =>
  isGiven(node.vertex_region) && (isGiven(node.vertex_project_id) || isGiven(node.vertex_service_account_json));

const isGiven = (value: unknown): boolean => value !== undefined && value !== '' && value !== false;

const hasVaultReference = (node: Config): boolean => {
  const model = node.override_params?.model;
  return (
    isGiven(node.virtual_key) ||
    slugOfProvider(node.provider ?? '') !== undefined ||
    (typeof model === 'string' && splitModel(model).slug !== undefined)
  );
};

const hasAzureAiPlace = (node: Config): boolean =>
  isGiven(node.azure_deployment_type) &&
  (isGiven(node.azure_endpoint_name) ||
    (isGiven(node.azure_deployment_name) && isGiven(node.azure_region) && isGiven(node.azure_api_version)));

/** Any one of these is enough. */
const COMBINATIONS: readonly ((node: Config) => boolean)[] = [
  (node) => isGiven(node.provider) && isGiven(node.api_key),
  (node) => isGiven(node.provider) && isGiven(node.custom_host),
  hasVaultReference,
  (node) => node.strategy !== undefined && node.targets !== undefined,
  (node) => SUFFICIENT.some((field) => isGiven(node[field])),
  (node) => KEYLESS_PROVIDERS.has(node.provider ?? ''),
  (node) => isGiven(node.aws_access_key_id) && isGiven(node.aws_secret_access_key),
  (node) => node.provider === 'vertex-ai' && hasVertexPlace(node),
  (node) => node.provider === 'azure-openai' && isGiven(node.azure_ad_token),
  (node) => node.provider === 'azure-ai' && hasAzureAiPlace(node),
];

export const isMeaningful = (node: Config): boolean => COMBINATIONS.some((holds) => holds(node));

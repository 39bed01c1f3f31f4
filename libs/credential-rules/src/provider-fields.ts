/** `text`: a string. `flag`: a boolean. `headers`: names to strings. `object` and `list`: JSON, looked at by whoever uses it. */
export type FieldKind = 'text' | 'flag' | 'headers' | 'object' | 'list';

/** One setting of a provider credential. */
export interface ProviderField {
  /** Its name in an integration's configurations and in a config's target; it is stored under this name. */
  readonly name: string;
  /** Its name in the older virtual-key bodies. */
  readonly camelName: string;
  readonly kind: FieldKind;
  readonly isSecret: boolean;
}

export interface ProviderFields {
  readonly fields: readonly ProviderField[];
  /**
   * The hosts of the provider's own URLs. `{setting}` stands for a setting, and for a part of one label where it is missing; `*`
   * for a part that a request may choose. Empty where only a `custom_host` says it.
   */
  readonly hosts: readonly string[];
}

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const field = (name: string, kind: FieldKind, isSecret: boolean, camelName = camel(name)): ProviderField => ({
  name,
  camelName,
  kind,
  isSecret,
});

const plain = (name: string, camelName?: string): ProviderField => field(name, 'text', false, camelName);
const secret = (name: string): ProviderField => field(name, 'text', true);
const flag = (name: string): ProviderField => field(name, 'flag', false);

/** Every provider takes these. Header values are secrets, because a custom header may replace the key. */
const COMMON: readonly ProviderField[] = [
  secret('key'),
  plain('custom_host'),
  field('custom_headers', 'headers', true),
];

const AZURE_AUTH: readonly ProviderField[] = [
  plain('azure_auth_mode'),
  plain('azure_entra_tenant_id'),
  plain('azure_entra_client_id'),
  secret('azure_entra_client_secret'),
  plain('azure_entra_scope'),
  plain('azure_managed_client_id'),
  plain('azure_workload_client_id'),
  plain('azure_workload_tenant_id'),
];

const AWS: readonly ProviderField[] = [
  plain('aws_auth_type'),
  plain('aws_region'),
  secret('aws_access_key_id'),
  secret('aws_secret_access_key'),
  plain('aws_role_arn'),
  secret('aws_external_id'),
];

const SAGEMAKER: readonly ProviderField[] = [
  'custom_attributes',
  'target_model',
  'target_variant',
  'target_container_hostname',
  'inference_id',
  'enable_explanations',
  'inference_component',
  'session_id',
  'model_name',
].map((name) => plain(`amzn_sagemaker_${name}`));

/**
 * The providers with settings of their own; every other provider takes the common ones.
 * @source the contract for virtual keys, section 2
 */
const PROVIDERS: Readonly<Record<string, ProviderFields>> = {
  openai: { fields: [plain('openai_organization'), plain('openai_project')], hosts: ['api.openai.com'] },
  'azure-openai': {
    fields: [
      plain('azure_resource_name', 'resourceName'),
      plain('azure_deployment_id', 'deploymentName'),
      plain('azure_api_version', 'apiVersion'),
      field('azure_deployment_config', 'list', false, 'deploymentConfig'),
      plain('azure_model_slug', 'aiModelName'),
      ...AZURE_AUTH,
    ],
    hosts: ['{azure_resource_name}.openai.azure.com'],
  },
  'azure-ai': {
    fields: [
      plain('azure_foundry_url'),
      plain('azure_api_version'),
      plain('azure_deployment_name'),
      plain('azure_deployment_type'),
      plain('azure_endpoint_name'),
      plain('azure_region'),
      ...AZURE_AUTH,
    ],
    hosts: [
      '*.services.ai.azure.com',
      '{azure_endpoint_name}.{azure_region}.inference.ml.azure.com',
      '{azure_deployment_name}.{azure_region}.models.ai.azure.com',
    ],
  },
  bedrock: { fields: AWS, hosts: ['bedrock.*.amazonaws.com', 'bedrock-runtime.*.amazonaws.com'] },
  sagemaker: { fields: [...AWS, ...SAGEMAKER], hosts: ['runtime.sagemaker.*.amazonaws.com'] },
  'vertex-ai': {
    fields: [
      plain('vertex_auth_type'),
      plain('vertex_project_id'),
      plain('vertex_region'),
      field('vertex_service_account_json', 'object', true),
      flag('vertex_skip_ptu_cost_attribution'),
      flag('vertex_map_metadata'),
    ],
    hosts: ['aiplatform.googleapis.com', '*-aiplatform.googleapis.com'],
  },
  'workers-ai': { fields: [plain('workers_ai_account_id')], hosts: ['api.cloudflare.com'] },
  huggingface: { fields: [plain('huggingface_base_url')], hosts: ['api-inference.huggingface.co'] },
  cortex: { fields: [plain('snowflake_account')], hosts: ['{snowflake_account}.snowflakecomputing.com'] },
  oracle: {
    fields: [
      plain('oracle_region'),
      plain('oracle_tenancy'),
      plain('oracle_compartment_id'),
      plain('oracle_user'),
      secret('oracle_fingerprint'),
      secret('oracle_private_key'),
      secret('oracle_key_passphrase'),
      plain('oracle_serving_mode'),
      plain('oracle_api_version'),
      plain('oracle_version'),
    ],
    hosts: ['inference.generativeai.*.oci.oraclecloud.com'],
  },
  'fireworks-ai': { fields: [plain('fireworks_account_id')], hosts: ['api.fireworks.ai'] },
  databricks: {
    fields: [plain('databricks_workspace'), plain('databricks_serving_endpoint_name')],
    hosts: ['{databricks_workspace}.cloud.databricks.com'],
  },
  byteplus: { fields: [plain('byteplus_region')], hosts: [] },
};

const NONE: ProviderFields = { fields: [], hosts: [] };

/** The settings that a provider's credential may have. */
export const providerFields = (provider: string): ProviderFields => {
  const { fields, hosts } = Object.hasOwn(PROVIDERS, provider) ? (PROVIDERS[provider] ?? NONE) : NONE;
  return { fields: [...COMMON, ...fields], hosts };
};

export const PROVIDERS_WITH_FIELDS: readonly string[] = Object.keys(PROVIDERS);

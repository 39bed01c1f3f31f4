import * as z from 'zod';
import { jsonObject } from './json-shape.ts';

const text = z.string().optional();
const flag = z.union([z.boolean(), z.string()], { error: 'Must be true or false.' }).optional();

export const deployment = z.strictObject({
  deployment_id: z.string(),
  alias: z.string().optional(),
  api_version: z.string().optional(),
  is_default: z.boolean().optional(),
});

/** Where a provider is and who calls it: fields of a leaf beside `provider` and `api_key`. */
export const providerSettings = {
  openai_organization: text,
  openai_project: text,
  openai_beta: text,

  resource_name: text,
  deployment_id: text,
  api_version: text,
  azure_resource_name: text,
  azure_deployment_id: text,
  azure_api_version: text,
  azure_model_name: text,
  azure_ad_token: text,
  azure_auth_mode: text,
  azure_managed_client_id: text,
  azure_workload_client_id: text,
  azure_entra_client_id: text,
  azure_entra_client_secret: text,
  azure_entra_tenant_id: text,
  azure_entra_scope: text,
  deployments: z.array(deployment).optional(),

  azure_foundry_url: text,
  azure_region: text,
  azure_deployment_name: text,
  azure_deployment_type: text,
  azure_endpoint_name: text,
  azure_extra_parameters: text,
  azure_extra_params: text,

  aws_access_key_id: text,
  aws_secret_access_key: text,
  aws_session_token: text,
  aws_region: text,
  aws_auth_type: text,
  aws_role_arn: text,
  aws_external_id: text,
  aws_s3_bucket: text,
  aws_s3_object_key: text,
  aws_bedrock_model: text,
  amzn_sagemaker_custom_attributes: text,
  amzn_sagemaker_target_model: text,
  amzn_sagemaker_target_variant: text,
  amzn_sagemaker_target_container_hostname: text,
  amzn_sagemaker_inference_id: text,
  amzn_sagemaker_enable_explanations: text,
  amzn_sagemaker_inference_component: text,
  amzn_sagemaker_session_id: text,
  amzn_sagemaker_model_name: text,

  vertex_project_id: text,
  vertex_region: text,
  vertex_service_account_json: z
    .union([jsonObject, z.string()], { error: 'Must be the service account as a JSON object.' })
    .optional(),
  vertex_auth_type: text,
  vertex_storage_bucket_name: text,
  vertex_skip_ptu_cost_attribution: flag,

  anthropic_beta: text,
  anthropic_version: text,
  anthropic_aws_workspace_id: text,
  huggingface_base_url: text,
  workers_ai_account_id: text,
  fireworks_account_id: text,
  snowflake_account: text,
  oracle_api_version: text,
  oracle_version: text,
  oracle_region: text,
  oracle_compartment_id: text,
  oracle_serving_mode: text,
  oracle_tenancy: text,
  oracle_user: text,
  oracle_fingerprint: text,
  oracle_private_key: text,
  oracle_key_passphrase: text,
  databricks_workspace: text,
  databricks_serving_endpoint_name: text,
  byteplus_region: text,
  stability_client_id: text,
  stability_client_user_id: text,
  stability_client_version: text,
  mistral_fim_completion: flag,
};

const SETTING_NAMES: readonly string[] = Object.keys(providerSettings);

const SYNONYMS: Readonly<Record<string, string>> = {
  azure_resource_name: 'resource_name',
  azure_deployment_id: 'deployment_id',
  azure_extra_params: 'azure_extra_parameters',
  oracle_version: 'oracle_api_version',
};

const own = (from: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(from, name) ? from[name] : undefined;

/**
 * A leaf's provider settings under their canonical names, each as text.
 * `azure_api_version` is a name of azure-ai and a synonym with azure-openai; a leaf that names neither gets both.
 */
export const toSettings = (node: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> => {
  const settings: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const value = asText(own(node, name));
    if (value === undefined) continue;
    for (const target of namesFor(name, own(node, 'provider'))) {
      // The canonical name wins over its synonym, whichever comes first.
      if (target === name || own(node, target) === undefined) settings[target] = value;
    }
  }
  return settings;
};

const namesFor = (name: string, provider: unknown): readonly string[] => {
  if (name !== 'azure_api_version') return [SYNONYMS[name] ?? name];
  if (provider === 'azure-openai') return ['api_version'];
  return provider === 'azure-ai' ? [name] : [name, 'api_version'];
};

const asText = (value: unknown): string | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

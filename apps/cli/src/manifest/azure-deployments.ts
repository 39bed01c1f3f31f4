import { isArray, isObject, type Json } from '../json.ts';

/** A deployment of Azure has one spelling in integrations, another in virtual keys, and clients know a third. */
const SPELLINGS: Readonly<Record<string, string>> = {
  deploymentName: 'azure_deployment_name',
  deployment_name: 'azure_deployment_name',
  apiVersion: 'azure_api_version',
  api_version: 'azure_api_version',
  aiModelName: 'azure_model_slug',
  ai_model_name: 'azure_model_slug',
  isDefault: 'is_default',
};

/** Deployments in the one spelling that files are compared and written in; what is not set is left out. */
export const spelledDeployments = (value: Json): Json =>
  isArray(value)
    ? value.map((deployment) =>
        isObject(deployment)
          ? Object.fromEntries(
              Object.entries(deployment)
                .filter(([, inner]) => inner !== null && inner !== false)
                .map(([name, inner]) => [SPELLINGS[name] ?? name, inner]),
            )
          : deployment,
      )
    : value;

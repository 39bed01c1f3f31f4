import * as z from 'zod';
import { isObject, type JsonObject } from './json.ts';

const DEPLOYMENTS_MAX = 200;

/** The names of a deployment's fields in virtual keys, and in integrations, which are those it is stored by. */
const NAMES = [
  ['deploymentName', 'azure_deployment_name'],
  ['apiVersion', 'azure_api_version'],
  ['aiModelName', 'azure_model_slug'],
] as const;

const text = (max: number) => z.string().min(1, 'must not be empty').max(max, `must have at most ${max} characters`);

const stored = z.strictObject({
  azure_deployment_name: text(255),
  azure_api_version: text(30),
  alias: z.string().max(255).nullish(),
  is_default: z.boolean().nullish(),
  azure_model_slug: z.string().max(255).nullish(),
});

const SYNONYMS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(NAMES),
  deployment_name: 'azure_deployment_name',
  api_version: 'azure_api_version',
  ai_model_name: 'azure_model_slug',
  isDefault: 'is_default',
};

const renamed = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [SYNONYMS[name] ?? name, inner]))
    : value;

/** The deployments of an Azure resource, in either of their spellings; at most one of them is the default. */
export const azureDeployments = z
  .array(z.preprocess(renamed, stored), { error: 'must be an array of deployments' })
  .max(DEPLOYMENTS_MAX, `may hold at most ${DEPLOYMENTS_MAX} deployments`)
  .refine((all) => all.filter(({ is_default }) => is_default === true).length <= 1, {
    error: 'may have one default only',
  })
  .transform((all) =>
    all.map((each) =>
      Object.fromEntries(Object.entries(each).filter(([, value]) => value !== null && value !== undefined)),
    ),
  );

/** Stored deployments as virtual keys show them. */
export const deploymentsOfVirtualKey = (value: unknown): readonly JsonObject[] =>
  (Array.isArray(value) ? value : []).filter(isObject).map((deployment) => {
    const names: Readonly<Record<string, string>> = Object.fromEntries(NAMES.map(([ours, theirs]) => [theirs, ours]));
    return Object.fromEntries(Object.entries(deployment).map(([name, inner]) => [names[name] ?? name, inner]));
  });

import { providerFields } from '@portolan/credential-rules';
import { isObject, type JsonObject } from '../json.ts';

/** Settings of a credential as a virtual key shows them: in its own spelling, secrets as masks. */
export const hideSecrets = (kind: string, body: JsonObject, before: JsonObject): JsonObject => {
  if (kind !== 'virtual-keys') return body;
  const provider = String(body.provider ?? before.ai_provider_name);
  const { fields } = providerFields(provider);
  const config: Record<string, JsonObject[string]> = isObject(before.model_config) ? { ...before.model_config } : {};
  const rest: Record<string, JsonObject[string]> = {};
  for (const [name, value] of Object.entries(body)) {
    const field = fields.find((each) => each.name === name || each.camelName === name);
    if (field === undefined) rest[name] = value;
    else if (field.name === 'key') rest.masked_api_key = '********';
    else config[field.isSecret ? `masked_${field.camelName}` : field.camelName] = field.isSecret ? '********' : value;
  }
  return { ...rest, ai_provider_name: provider, model_config: config };
};

import { nearestName } from '@portolan/config-schema';
import { type ProviderField, providerFields } from '@portolan/credential-rules';
import type { Given } from '../arguments/command.ts';
import { Refused } from '../failure.ts';
import type { Io } from '../io.ts';
import type { Json, JsonObject } from '../json.ts';
import { readSecretFile } from './secret.ts';

const pair = (flag: string, text: string): readonly [string, string] => {
  const at = text.indexOf('=');
  if (at < 1) throw new Refused(`--${flag} needs NAME=VALUE, not "${text}".`);
  return [text.slice(0, at), text.slice(at + 1)];
};

const fieldOf = (provider: string, name: string): ProviderField => {
  const { fields } = providerFields(provider);
  const field = fields.find((each) => each.name === name || each.camelName === name);
  if (field !== undefined) return field;
  const names = fields.map((each) => each.name);
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? `; it has ${names.join(', ')}` : `; did you mean "${nearest}"?`;
  throw new Refused(`A credential of ${provider} has no field "${name}"${hint}`);
};

const parsed = (name: string, text: string): Json => {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    throw new Refused(`${name} must be JSON.`);
  }
};

const settingValue = ({ name, kind }: ProviderField, text: string): Json => {
  if (kind === 'text') return text;
  if (kind === 'flag' && !['true', 'false'].includes(text)) throw new Refused(`${name} must be true or false.`);
  return parsed(name, text);
};

/**
 * The fields of a provider from `--set NAME=VALUE`, `--set-file NAME=PATH` and `--set-env NAME=VARIABLE`.
 * @throws Refused  for a field that the provider does not have, and for a secret as an argument
 */
export const providerSettings = (given: Given, provider: string, { env }: Pick<Io, 'env'>): JsonObject => {
  const settings: Record<string, Json> = {};
  for (const text of given.all('set')) {
    const [name, value] = pair('set', text);
    const field = fieldOf(provider, name);
    if (field.isSecret) {
      throw new Refused(
        `${name} is a secret: arguments can be seen by others. Use --set-file ${name}=PATH or --set-env ${name}=VARIABLE.`,
      );
    }
    settings[field.name] = settingValue(field, value);
  }
  for (const text of given.all('set-file')) {
    const [name, file] = pair('set-file', text);
    const field = fieldOf(provider, name);
    settings[field.name] = settingValue(field, readSecretFile(file));
  }
  for (const text of given.all('set-env')) {
    const [name, variable] = pair('set-env', text);
    const field = fieldOf(provider, name);
    const value = env[variable];
    if (!value) throw new Refused(`The variable ${variable} is not set.`);
    settings[field.name] = settingValue(field, value);
  }
  return settings;
};

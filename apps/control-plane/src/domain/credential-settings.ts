import { type ProviderField, partsOf, providerFields } from '@portolan/credential-rules';
import { allowedHost, type Trust } from '@portolan/egress-rules';
import { azureDeployments, deploymentsOfVirtualKey } from './azure-deployments.ts';
import { isObject, type JsonObject } from './json.ts';

export interface SettingProblem {
  readonly path: string;
  readonly message: string;
}

export type ReadSettings =
  | { readonly settings: JsonObject; readonly problems: readonly [] }
  | { readonly settings: undefined; readonly problems: readonly SettingProblem[] };

/** Settings that are URLs requests will go to. */
const URL_SETTINGS: ReadonlySet<string> = new Set(['custom_host', 'azure_foundry_url', 'huggingface_base_url']);
const DEPLOYMENTS = 'azure_deployment_config';
const MASKED = 'masked_';

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * The field that a name means: its own, its name in virtual keys, or what the Node.js client makes of that one (`resourceName`
 * arrives as `resource_name`).
 */
const fieldOf = (fields: readonly ProviderField[], name: string): ProviderField | undefined =>
  fields.find((field) => field.name === name) ??
  fields.find((field) => field.camelName === name) ??
  fields.find((field) => field.camelName === camel(name));

/** A service account also comes as the JSON text of one. */
const parsedObject = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : value;
  } catch {
    return value;
  }
};

/**
 * The settings of a credential under the names that the vault stores them by. What the provider does not have stays as it is: the
 * vault says so. Checked here is what only we can check: where requests would go, and what is inside of deployments.
 * @param prefix  of the paths in problems, such as `configurations.`
 */
export const readSettings = (
  provider: string,
  given: JsonObject,
  { trust, prefix = '' }: { readonly trust: Trust; readonly prefix?: string },
): ReadSettings => {
  const { fields } = providerFields(provider);
  const settings: Record<string, unknown> = {};
  const problems: SettingProblem[] = [];
  for (const [typed, value] of Object.entries(given)) {
    // An empty text is how some clients say nothing, and masks are what an answer had where a secret is.
    if (value === '' || typed.startsWith(MASKED)) continue;
    const field = fieldOf(fields, typed);
    const name = field?.name ?? typed;
    if (name !== typed && Object.hasOwn(given, name)) continue;
    settings[name] = field?.kind === 'object' ? parsedObject(value) : value;
    if (
      URL_SETTINGS.has(name) &&
      typeof value === 'string' &&
      value !== '' &&
      allowedHost(value, trust) === undefined
    ) {
      problems.push({ path: `${prefix}${typed}`, message: 'must be a URL that requests may be sent to' });
    }
    if (name === DEPLOYMENTS && field !== undefined && value !== null) {
      const parsed = azureDeployments.safeParse(value);
      if (parsed.success) settings[name] = parsed.data;
      else {
        for (const { path, message } of parsed.error.issues) {
          problems.push({ path: [`${prefix}${typed}`, ...path.map(String)].join('.'), message });
        }
      }
    }
  }
  return problems.length === 0 ? { settings, problems: [] } : { settings: undefined, problems };
};

/** Settings apart: the secrets among them, and the rest. */
export const splitSettings = (
  provider: string,
  settings: JsonObject,
): { readonly secrets: JsonObject; readonly others: JsonObject } => {
  const secretNames = new Set(
    providerFields(provider).fields.flatMap(({ name, isSecret }) => (isSecret ? [name] : [])),
  );
  const entries = Object.entries(settings);
  return {
    secrets: Object.fromEntries(entries.filter(([name]) => secretNames.has(name))),
    others: Object.fromEntries(entries.filter(([name]) => !secretNames.has(name))),
  };
};

/**
 * The settings in a change that would send secrets to another host than they were given for, unless all of those are given anew:
 * whoever may change a credential may not read it, and must not have it sent to a place of their own either.
 */
export const redirections = (
  { provider, settings, masked }: ShownCredential,
  change: JsonObject,
): readonly string[] => {
  const keepsSecrets = Object.keys(masked).some((name) => change[name] === undefined);
  if (!keepsSecrets) return [];
  const hosts = [...URL_SETTINGS, ...providerFields(provider).hosts.flatMap(partsOf)];
  return [...new Set(hosts)].filter((name) => change[name] != null && change[name] !== settings[name]);
};

/** What is stored of a credential, as the vault told it. */
export interface ShownCredential {
  readonly provider: string;
  readonly settings: JsonObject;
  readonly masked: Readonly<Record<string, string>>;
}

/** `key` is shown beside the settings, not among them. */
const masksWithoutKey = ({ masked }: ShownCredential): readonly (readonly [string, string])[] =>
  Object.entries(masked).filter(([name]) => name !== 'key');

/** `configurations` of an integration: each secret as `masked_<name>`. */
export const configurationsView = (credential: ShownCredential): JsonObject => ({
  ...credential.settings,
  ...Object.fromEntries(masksWithoutKey(credential).map(([name, mask]) => [`${MASKED}${name}`, mask])),
});

/** `model_config` of a virtual key: the names that virtual keys are written with, each secret as `masked_<name>`. */
export const modelConfigView = (credential: ShownCredential): JsonObject => {
  const { fields } = providerFields(credential.provider);
  const camelOf = (name: string): string => fields.find((field) => field.name === name)?.camelName ?? name;
  const { [DEPLOYMENTS]: deployments, ...settings } = credential.settings;
  return {
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [camelOf(name), value])),
    ...(deployments === undefined ? {} : { deployments: deploymentsOfVirtualKey(deployments) }),
    ...Object.fromEntries(masksWithoutKey(credential).map(([name, mask]) => [`${MASKED}${camelOf(name)}`, mask])),
  };
};

import { PROVIDERS_WITH_FIELDS, providerFields } from '@portolan/credential-rules';
import { isObject } from './json.ts';

const squashed = (name: string): string => name.replaceAll(/[_-]/g, '').toLowerCase();

/** What the settings of providers say is a secret. */
const SECRET_SETTINGS: ReadonlySet<string> = new Set(
  PROVIDERS_WITH_FIELDS.flatMap((provider) =>
    providerFields(provider)
      .fields.filter(({ isSecret }) => isSecret)
      .flatMap(({ name, camelName }) => [squashed(name), squashed(camelName)]),
  ),
);

/**
 * Names, squashed to small letters, whose values may be or hold secrets. Rather too many than too few: headers are among them, since
 * what somebody sends along often lets them in.
 */
const SECRET_NAME =
  /^(apikey|password|currentpassword|newpassword|passphrase|token|secret|authorization|headers)$|(secret|password|passphrase|token|apikey|accesskey|accesskeyid|privatekey|keypassphrase|fingerprint|externalid|serviceaccountjson|credential|credentials)$/;

/** Whether what stands under this name may be a secret or hold one, in snake_case, kebab-case or camelCase. */
export const isSecretName = (name: string): boolean => {
  const plain = squashed(name);
  return SECRET_SETTINGS.has(plain) || SECRET_NAME.test(plain);
};

/** Whether anything may be a secret by its name, at any depth. */
export const holdsSecret = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, inner]) => inner !== null && (isSecretName(name) || holdsSecret(inner)));
};

import { PlatformError } from '@portolan/service-kit';
import { wrongArgument } from './errors.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Without a colon, which is how the vault's own records are told from those of tenants. */
const TENANT_ID = /^[A-Za-z0-9_-]{1,64}$/;
const PROVIDER = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const ACTOR = /^(user|api_key|job):[\x21-\x7e]{1,200}$/;

const SETTINGS_BYTES_MAX = 262_144;
const EXTRA_HOSTS_MAX = 50;

const matching =
  (shape: RegExp, words: string) =>
  (value: string, param: string): string => {
    if (!shape.test(value)) throw wrongArgument(param, `"${param}" must be ${words}.`);
    return value;
  };

/** @throws PlatformError, like all of these */
export const readCredentialId = matching(UUID, 'a UUID in lower case');
export const readOrganizationId = matching(TENANT_ID, '1 to 64 letters, digits, "-" or "_"');
export const readProvider = matching(PROVIDER, 'the name of a provider');
export const readActor = matching(ACTOR, '"user:<id>", "api_key:<id>" or "job:<name>"');

/** Empty stands for all workspaces of the organization. */
export const readWorkspaceId = (value: string, param: string): string =>
  value === '' ? value : readOrganizationId(value, param);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A parser's own message would quote what it read. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * The settings in a message; its bytes are zeros afterwards. The strings that they become cannot be erased, and live as long as
 * the call.
 */
export const readSettings = (bytes: Buffer): Readonly<Record<string, unknown>> => {
  try {
    if (bytes.length > SETTINGS_BYTES_MAX) {
      throw new PlatformError('request_too_large', {
        public: `The settings must have at most ${SETTINGS_BYTES_MAX} bytes.`,
        param: 'settings',
      });
    }
    const settings = bytes.length === 0 ? {} : parse(bytes.toString('utf8'));
    if (!isRecord(settings)) throw wrongArgument('settings', 'The settings must be a JSON object.');
    return settings;
  } finally {
    bytes.fill(0);
  }
};

export const readExtraHosts = (hosts: readonly string[]): readonly string[] => {
  if (hosts.length > EXTRA_HOSTS_MAX) {
    throw wrongArgument('extra_hosts', `There may be at most ${EXTRA_HOSTS_MAX} hosts.`);
  }
  return hosts;
};

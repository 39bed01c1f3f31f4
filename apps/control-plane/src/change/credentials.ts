import { PlatformError } from '@portolan/service-kit';
import type { Deps } from '../deps.ts';
import { splitSettings } from '../domain/credential-settings.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Actor, Call } from '../http/call.ts';
import type { VaultCredential } from '../ports/vault.ts';

const NOT_PRINTABLE = /[^\x21-\x7e]/g;

/** Who acts, as the vault writes it down. Somebody with a token is a user of whoever issued that. */
export const vaultActor = ({ type, id }: Actor): string =>
  `${type === 'jwt' ? 'user' : type}:${id.replace(NOT_PRINTABLE, '_').slice(0, 200) || '_'}`;

const SETTING_AT_START = /^"([A-Za-z0-9_]{1,40})"/;

/**
 * Asks the vault something about settings; what it says of them gets the path that they have in the body of the request.
 * @param prefix  of that path, such as `configurations.`
 */
export const namingSettings = async <T>(prefix: string, ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof PlatformError) || error.type !== 'invalid_request_error' || error.errors === undefined) {
      throw error;
    }
    const pathOf = (line: string): string | undefined => {
      const name = SETTING_AT_START.exec(line)?.[1];
      return name === undefined || name === 'key' ? name : `${prefix}${name}`;
    };
    const lines = error.errors.map((line) => {
      const path = pathOf(line);
      return path === undefined ? line : `${path}: ${line}`;
    });
    throw new PlatformError('invalid_request_error', {
      public: lines[0] ?? error.message,
      param: error.errors.map(pathOf).find((path) => path !== undefined) ?? 'key',
      errors: lines,
      cause: error,
    });
  }
};

/** A credential that is there. */
export interface CredentialInUse {
  readonly organizationId: string;
  readonly id: string;
  readonly provider: string;
}

/**
 * Changes settings and secrets of a credential. With an overlap, the secrets that it had work on for that long.
 * @returns undefined when there is nothing to change
 * @throws PlatformError  of the vault; 400 for an overlap without a new secret
 */
export const changeCredential = async (
  { vault }: Pick<Deps, 'vault'>,
  call: Pick<Call, 'actor'>,
  { organizationId, id, provider }: CredentialInUse,
  settings: JsonObject,
  overlapMs: number | undefined,
): Promise<VaultCredential | undefined> => {
  const ref = { organizationId, id, actor: vaultActor(call.actor) };
  const isEmpty = (values: JsonObject): boolean => Object.keys(values).length === 0;
  if (overlapMs === undefined) return isEmpty(settings) ? undefined : vault.update({ ...ref, settings });
  const { secrets, others } = splitSettings(provider, settings);
  if (isEmpty(secrets)) {
    throw new PlatformError('invalid_request_error', {
      public: 'key_transition_period_ms: needs a new key or another new secret',
      param: 'key_transition_period_ms',
    });
  }
  if (!isEmpty(others)) await vault.update({ ...ref, settings: others });
  return vault.rotate({ ...ref, settings: secrets, overlapMs });
};

/**
 * Ends a credential that nothing uses any more. When the vault is away, that is done later: whoever reconciles finds it unused, and
 * no gateway knows a handle on it.
 */
export const endCredential = async (
  { vault, log }: Pick<Deps, 'vault' | 'log'>,
  call: Pick<Call, 'actor'>,
  { organizationId, id }: Omit<CredentialInUse, 'provider'>,
): Promise<void> => {
  try {
    await vault.revoke({ organizationId, id, actor: vaultActor(call.actor) });
  } catch (error) {
    log.warn({ error, credentialId: id }, 'a credential that is no longer used could not be revoked yet');
  }
};

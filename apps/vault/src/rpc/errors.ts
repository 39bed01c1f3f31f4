import { PlatformError } from '@portolan/service-kit';
import { isRetryable, isTimeout, isUnavailable } from '@portolan/sql';
import { AuditUnavailable } from '../audit/trail.ts';
import { UnreadableRecord } from '../crypto/record.ts';
import { InvalidCredential } from '../domain/credential.ts';
import { TenantKeyGone } from '../keyring/get-or-create.ts';
import { VaultSealed } from '../keyring/seal.ts';
import { InvalidRootKey, RootKeyUnavailable, RootKeyUnknown, WrapRefused } from '../ports/root-key.ts';

const unavailable = (sentence: string, cause: unknown): PlatformError =>
  new PlatformError('store_unavailable', { public: sentence, cause });

const unreadable = (cause: unknown): PlatformError =>
  new PlatformError('credential_unreadable', { public: 'The stored record does not open.', cause });

/** Why a vault is sealed, in words for callers: paths and names of keys are for operators. */
const sealedReason = (cause: unknown): string => {
  if (cause instanceof InvalidRootKey) return 'its root key is missing or not usable';
  if (cause instanceof RootKeyUnavailable) return 'its root key cannot be reached';
  if (cause instanceof WrapRefused) return 'its root key does not open what is stored';
  return isStoreGone(cause) ? 'its database cannot be reached' : 'it is starting';
};

const isStoreGone = (error: unknown): boolean => isUnavailable(error) || isTimeout(error) || isRetryable(error);

/** What each kind of failure inside means to a caller; the first that fits. */
const TRANSLATIONS: readonly {
  readonly fits: (error: unknown) => boolean;
  readonly toError: (error: unknown) => PlatformError;
}[] = [
  {
    fits: (error) => error instanceof VaultSealed,
    toError: (error) =>
      unavailable(`The vault is sealed: ${sealedReason(error instanceof Error ? error.cause : undefined)}.`, error),
  },
  {
    fits: (error) => error instanceof RootKeyUnavailable || error instanceof RootKeyUnknown,
    toError: (error) => unavailable('The root key of the vault cannot be reached.', error),
  },
  {
    fits: (error) =>
      error instanceof WrapRefused || error instanceof TenantKeyGone || error instanceof UnreadableRecord,
    toError: unreadable,
  },
  {
    fits: (error) => error instanceof AuditUnavailable,
    toError: (error) => unavailable('The audit of the vault cannot be written to.', error),
  },
  { fits: isStoreGone, toError: (error) => unavailable('The database of the vault cannot be reached.', error) },
];

/** A failure as the error that the caller is told; what is none of ours stays as it is. */
export const toPublicError = (error: unknown): unknown => {
  if (error instanceof InvalidCredential) {
    return new PlatformError('invalid_request_error', {
      public: error.problems.join(' '),
      errors: error.problems,
      param: 'settings',
    });
  }
  return TRANSLATIONS.find(({ fits }) => fits(error))?.toError(error) ?? error;
};

export const notFound = (): PlatformError =>
  new PlatformError('not_found', { public: 'There is no such credential.', param: 'id' });

export const revoked = (): PlatformError =>
  new PlatformError('not_found', { public: 'The credential was revoked.', param: 'id', code: 'credential_revoked' });

export const changedMeanwhile = (): PlatformError =>
  new PlatformError('conflict', { public: 'The credential was changed by somebody else meanwhile.' });

export const wrongArgument = (param: string, sentence: string): PlatformError =>
  new PlatformError('invalid_request_error', { public: sentence, param });

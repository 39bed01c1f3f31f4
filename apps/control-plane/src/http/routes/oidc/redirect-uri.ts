import { PlatformError } from '@portolan/service-kit';
import type { Deps } from '../../../deps.ts';
import type { IdentityProvider } from '../../../ports/identity-provider.ts';

export const CALLBACK_PATH = '/auth/oidc/callback';

/** What has to be registered at the identity provider. */
export const redirectUri = ({ publicUrl }: Deps['settings']): string => `${publicUrl}/v1${CALLBACK_PATH}`;

/** @throws PlatformError 404 in a deployment without one */
export const requireProvider = ({ identityProvider }: Pick<Deps, 'identityProvider'>): IdentityProvider => {
  if (identityProvider !== null) return identityProvider;
  throw new PlatformError('not_found', { public: 'No identity provider is set up here: sign in with a password.' });
};

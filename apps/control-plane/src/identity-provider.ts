import { readFile } from 'node:fs/promises';
import { type Clock, Secret } from '@portolan/service-kit';
import { oidcIdentityProvider } from './adapters/identity-provider/oidc.ts';
import type { ControlPlaneConfig } from './config.ts';
import type { IdentityProvider } from './ports/identity-provider.ts';

const TIMEOUT_MS = 5_000;
const SCOPES = ['email', 'profile'];

/** Where people sign in besides passwords, by the settings; null when there is none. Half a setting is refused. */
export const openIdentityProvider = async (
  config: ControlPlaneConfig,
  clock: Clock,
): Promise<IdentityProvider | null> => {
  const {
    CONTROL_PLANE_OIDC_ISSUER: issuer,
    CONTROL_PLANE_OIDC_CLIENT_ID: clientId,
    CONTROL_PLANE_OIDC_CLIENT_SECRET_FILE: secretFile,
    CONTROL_PLANE_OIDC_SCOPES: scopes,
  } = config;
  if (issuer === undefined && clientId === undefined && secretFile === undefined) return null;
  if (issuer === undefined || clientId === undefined || secretFile === undefined) {
    throw new Error(
      'An identity provider needs CONTROL_PLANE_OIDC_ISSUER, CONTROL_PLANE_OIDC_CLIENT_ID and CONTROL_PLANE_OIDC_CLIENT_SECRET_FILE.',
    );
  }
  return oidcIdentityProvider({
    issuer,
    clientId,
    clientSecret: new Secret((await readFile(secretFile, 'utf8')).trim()),
    scopes: scopes.length === 0 ? SCOPES : scopes,
    timeoutMs: TIMEOUT_MS,
    monotonicMs: clock.monotonicMs,
  });
};

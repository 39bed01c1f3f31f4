import { PlatformError, type Secret } from '@portolan/service-kit';
import * as oidc from 'openid-client';
import type { Identity, IdentityProvider } from '../../ports/identity-provider.ts';

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** `openid` is always asked for. */
  readonly scopes: readonly string[];
  /** For every request to the provider. */
  readonly timeoutMs: number;
  monotonicMs(): number;
}

const METADATA_KEPT_MS = 3_600_000;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const isPlainLoopback = ({ protocol, hostname }: URL): boolean => protocol === 'http:' && LOOPBACK.has(hostname);

const away = (cause: unknown): PlatformError =>
  new PlatformError('connection_error', { public: 'The identity provider does not answer.', cause });

const unproved = (cause?: unknown): PlatformError =>
  new PlatformError('invalid_api_key', { public: 'The identity provider has not confirmed who you are.', cause });

/** What it says about the provider's own failure; everything else is an answer that we do not believe. */
const isAway = (error: unknown): boolean =>
  error instanceof TypeError ||
  (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) ||
  (error instanceof oidc.ClientError && error.code === 'OAUTH_TIMEOUT');

const clientAuthentication = (server: oidc.ServerMetadata, secret: Secret): oidc.ClientAuth => {
  const { token_endpoint_auth_methods_supported: methods } = server;
  return methods === undefined || methods.includes('client_secret_basic')
    ? oidc.ClientSecretBasic(secret.reveal())
    : oidc.ClientSecretPost(secret.reveal());
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

type Claims = Readonly<Record<string, unknown>>;

const identityOf = (issuer: string, subject: string, claims: Claims): Identity => {
  const email = text(claims.email).trim().toLowerCase();
  const [first = '', ...rest] = text(claims.name).split(' ');
  return {
    issuer,
    subject,
    email: email === '' ? null : email,
    isEmailVerified: email !== '' && (claims.email_verified === true || claims.email_verified === 'true'),
    firstName: text(claims.given_name) || first,
    lastName: text(claims.family_name) || rest.join(' '),
  };
};

/** OpenID Connect: authorization code with state, nonce and PKCE; the ID token's signature is verified too. */
export const oidcIdentityProvider = (options: OidcOptions): IdentityProvider => {
  const issuer = new URL(options.issuer);
  const timeout = Math.max(1, Math.ceil(options.timeoutMs / 1_000));
  const execute = isPlainLoopback(issuer) ? [oidc.allowInsecureRequests] : [];
  let known: { readonly at: number; readonly config: Promise<oidc.Configuration> } | undefined;

  const discover = async (): Promise<oidc.Configuration> => {
    const found = await oidc.discovery(issuer, options.clientId, undefined, oidc.None(), { timeout, execute });
    const server = found.serverMetadata();
    const config = new oidc.Configuration(
      server,
      options.clientId,
      undefined,
      clientAuthentication(server, options.clientSecret),
    );
    config.timeout = timeout;
    for (const step of execute) step(config);
    oidc.enableNonRepudiationChecks(config);
    return config;
  };

  const configuration = async (): Promise<oidc.Configuration> => {
    const now = options.monotonicMs();
    if (known === undefined || now - known.at > METADATA_KEPT_MS) known = { at: now, config: discover() };
    try {
      return await known.config;
    } catch (error) {
      known = undefined;
      throw away(error);
    }
  };

  return {
    async begin(redirectUri) {
      const config = await configuration();
      const state = oidc.randomState();
      const nonce = oidc.randomNonce();
      const codeVerifier = oidc.randomPKCECodeVerifier();
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: [...new Set(['openid', ...options.scopes])].join(' '),
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, state, nonce, codeVerifier };
    },

    async finish(returned, { state, nonce, codeVerifier }) {
      const config = await configuration();
      try {
        const tokens = await oidc.authorizationCodeGrant(config, returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) throw unproved();
        const told: Claims = claims;
        // Some providers tell the address only when they are asked for it.
        const more: Claims =
          told.email === undefined && config.serverMetadata().userinfo_endpoint !== undefined
            ? await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
            : {};
        return identityOf(claims.iss, claims.sub, { ...more, ...told });
      } catch (error) {
        if (error instanceof PlatformError) throw error;
        throw isAway(error) ? away(error) : unproved(error);
      }
    },
  };
};

import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';

/** Who signs in next, and how the provider misbehaves while it says so. */
export interface StandInPerson {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly nonce?: string;
  readonly audience?: string;
  readonly issuer?: string;
  readonly expiresAt?: number;
  readonly isForged?: boolean;
  /** The address comes from the userinfo endpoint only. */
  readonly userinfo?: Readonly<Record<string, unknown>>;
}

export interface IdentityProviderStandIn {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Does what a browser does whose user consents. @returns the URL that it is sent back to */
  signIn(authorizationUrl: string, person: StandInPerson): URL;
  close(): Promise<void>;
}

interface Pending {
  readonly person: StandInPerson;
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

const readForm = async (request: IncomingMessage): Promise<URLSearchParams> => {
  let body = '';
  for await (const piece of request) body += String(piece);
  return new URLSearchParams(body);
};

/** Stands in for an identity provider: discovery, authorization, token, key set and userinfo, as strict as a real one. */
export const startIdentityProviderStandIn = async (): Promise<IdentityProviderStandIn> => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const forger = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const clientId = 'portolan';
  const clientSecret = randomUUID();
  const pending = new Map<string, Pending>();
  const userinfo = new Map<string, Readonly<Record<string, unknown>>>();
  let issuer = '';

  const idToken = (key: KeyObject, { person, nonce }: Pending): Promise<string> =>
    new SignJWT({ ...person.claims, nonce: person.nonce ?? nonce })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'JWT' })
      .setIssuer(person.issuer ?? issuer)
      .setAudience(person.audience ?? clientId)
      .setIssuedAt(Math.floor(Date.now() / 1_000) - 10)
      .setExpirationTime(person.expiresAt ?? '5m')
      .sign(key);

  /** Both parts are form-encoded before they are joined (RFC 6749, section 2.3.1). */
  const isClient = (authorization = ''): boolean => {
    const [id, secret] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':');
    return decodeURIComponent(id ?? '') === clientId && decodeURIComponent(secret ?? '') === clientSecret;
  };

  const token = async (request: IncomingMessage): Promise<[number, object]> => {
    const form = await readForm(request);
    const found = pending.get(form.get('code') ?? '');
    pending.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood = isClient(request.headers.authorization) && found?.redirectUri === form.get('redirect_uri');
    if (found === undefined || !isGood || challenge !== found.challenge) return [400, { error: 'invalid_grant' }];
    const access = randomUUID();
    userinfo.set(access, found.person.userinfo ?? { sub: found.person.claims.sub });
    const signed = await idToken(found.person.isForged === true ? forger.privateKey : pair.privateKey, found);
    return [200, { access_token: access, token_type: 'Bearer', expires_in: 60, id_token: signed }];
  };

  const answer = async (request: IncomingMessage): Promise<[number, object]> => {
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return [
          200,
          {
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
            jwks_uri: `${issuer}/keys`,
            userinfo_endpoint: `${issuer}/userinfo`,
            response_types_supported: ['code'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['RS256'],
          },
        ];
      case '/keys':
        return [200, { keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] }];
      case '/token':
        return token(request);
      case '/userinfo': {
        const found = userinfo.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
        return found === undefined ? [401, {}] : [200, found];
      }
      default:
        return [404, {}];
    }
  };

  const server = createServer((request, response) => {
    answer(request).then(
      ([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  issuer = `http://127.0.0.1:${address.port}`;

  return {
    issuer,
    clientId,
    clientSecret,
    signIn(authorizationUrl, person) {
      const { searchParams: asked } = new URL(authorizationUrl);
      const redirectUri = asked.get('redirect_uri') ?? '';
      const code = randomUUID();
      pending.set(code, {
        person,
        redirectUri,
        nonce: asked.get('nonce') ?? '',
        challenge: asked.get('code_challenge') ?? '',
      });
      const back = new URL(redirectUri);
      back.searchParams.set('code', code);
      back.searchParams.set('state', asked.get('state') ?? '');
      return back;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

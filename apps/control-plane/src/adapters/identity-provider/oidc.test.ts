import { Secret } from '@portolan/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IdentityProvider, SignInSecrets } from '../../ports/identity-provider.ts';
import {
  type IdentityProviderStandIn,
  type StandInPerson,
  startIdentityProviderStandIn,
} from '../../testing/identity-provider-stand-in.ts';
import { oidcIdentityProvider } from './oidc.ts';

const REDIRECT = 'https://portolan.example/v1/auth/oidc/callback';

let standIn: IdentityProviderStandIn;
let provider: IdentityProvider;
beforeAll(async () => {
  standIn = await startIdentityProviderStandIn();
  provider = connect();
});
afterAll(() => standIn.close());

const connect = (changes: { readonly clientSecret?: Secret; readonly issuer?: string } = {}): IdentityProvider =>
  oidcIdentityProvider({
    issuer: standIn.issuer,
    clientId: standIn.clientId,
    clientSecret: new Secret(standIn.clientSecret),
    scopes: ['email', 'profile'],
    timeoutMs: 5_000,
    monotonicMs: () => performance.now(),
    ...changes,
  });

const ada: StandInPerson = {
  claims: { sub: 'u-1', email: 'Ada@Example.com', email_verified: true, given_name: 'Ada', family_name: 'Lovelace' },
};

const signIn = async (person: StandInPerson, changes: Partial<SignInSecrets> = {}, by = provider) => {
  const { url, ...secrets } = await by.begin(REDIRECT);
  return by.finish(standIn.signIn(url, person), { ...secrets, ...changes });
};

test('the browser is sent there with state, nonce, challenge and scopes, each time with others', async () => {
  const [first, second] = [await provider.begin(REDIRECT), await provider.begin(REDIRECT)];
  const asked = new URL(first.url).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    client_id: 'portolan',
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid email profile',
    state: first.state,
    nonce: first.nonce,
    code_challenge_method: 'S256',
  });
  expect(asked.get('code_challenge')).not.toBe(first.codeVerifier);
  expect(first.state).not.toBe(second.state);
  expect(first.url).not.toContain(standIn.clientSecret);
});

test('who comes back is known by issuer and subject, with the address in small letters', async () => {
  expect(await signIn(ada)).toEqual({
    issuer: standIn.issuer,
    subject: 'u-1',
    email: 'ada@example.com',
    isEmailVerified: true,
    firstName: 'Ada',
    lastName: 'Lovelace',
  });
});

test('an address that nobody vouches for is not verified; one may come from userinfo', async () => {
  expect(await signIn({ claims: { sub: 'u', email: 'a@b.de' } })).toMatchObject({ isEmailVerified: false });
  const userinfo = { sub: 'u', email: 'a@b.de', email_verified: true };
  expect(await signIn({ claims: { sub: 'u' }, userinfo })).toMatchObject({ email: 'a@b.de', isEmailVerified: true });
  const other = { ...userinfo, sub: 'somebody else' };
  await expect(signIn({ claims: { sub: 'u' }, userinfo: other })).rejects.toMatchObject({ status: 401 });
});

test.each<[string, StandInPerson]>([
  ['another nonce', { ...ada, nonce: 'other' }],
  ['another audience', { ...ada, audience: 'other' }],
  ['another issuer', { ...ada, issuer: 'https://other.example' }],
  ['another signature', { ...ada, isForged: true }],
  ['an end that has passed', { ...ada, expiresAt: Math.floor(Date.now() / 1_000) - 3_600 }],
  ['no subject', { claims: { email: 'ada@example.com' } }],
])('an ID token with %s proves nothing', async (_what, person) => {
  await expect(signIn(person)).rejects.toMatchObject({ type: 'invalid_api_key', status: 401 });
});

test.each<[string, Partial<SignInSecrets>]>([
  ['state', { state: 'other' }],
  ['nonce', { nonce: 'other' }],
  ['code verifier', { codeVerifier: 'x'.repeat(43) }],
])('another %s proves nothing', async (_what, changes) => {
  await expect(signIn(ada, changes)).rejects.toMatchObject({ status: 401 });
});

test('a code is good once, and only for who has the secret of the client', async () => {
  const { url, ...secrets } = await provider.begin(REDIRECT);
  const back = standIn.signIn(url, ada);
  await provider.finish(back, secrets);
  await expect(provider.finish(back, secrets)).rejects.toMatchObject({ status: 401 });
  const stranger = connect({ clientSecret: new Secret('wrong') });
  await expect(signIn(ada, {}, stranger)).rejects.toMatchObject({ status: 401 });
});

test('a refusal by the provider proves nothing', async () => {
  const { url: _url, ...secrets } = await provider.begin(REDIRECT);
  const back = new URL(`${REDIRECT}?error=access_denied&state=${secrets.state}`);
  await expect(provider.finish(back, secrets)).rejects.toMatchObject({ status: 401 });
});

test('a provider that is away is told apart, and asked again the next time', async () => {
  const gone = connect({ issuer: 'http://127.0.0.1:1' });
  await expect(gone.begin(REDIRECT)).rejects.toMatchObject({ type: 'connection_error' });
  await expect(gone.begin(REDIRECT)).rejects.toMatchObject({ type: 'connection_error' });
});

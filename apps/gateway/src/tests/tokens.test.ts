import { generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { config, organization, workspace } from '../testing/platform-entities.ts';
import { type PlatformUnderTest, startPlatform } from '../testing/start-platform.ts';

interface Signer {
  readonly privateKey: KeyObject;
  readonly jwk: object;
}

const signer = (kid: string, bits = 2_048): Signer => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return { privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } };
};

const GOOD = signer('good');
const OTHER = signer('other');
const WEAK = signer('weak', 1_024);
const setOf = (...signers: readonly Signer[]): string => JSON.stringify({ keys: signers.map(({ jwk }) => jwk) });

const CLAIMS = {
  organisation_id: 'org-1',
  workspace_slug: 'ws-one',
  scope: 'completions.write',
  email_id: 'ada@example.com',
  defaults: { config_id: 'pc-jwt', metadata: { team: 'red' } },
};

const sign = (
  claims: object = CLAIMS,
  {
    key = GOOD.privateKey,
    header = {},
    expires = '5m',
  }: { key?: KeyObject | Uint8Array; header?: object; expires?: string | number } = {},
): Promise<string> =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'good', ...header })
    .setExpirationTime(expires)
    .sign(key);

/** With a key that no library signs with. */
const signWeakly = async (claims: object): Promise<string> => {
  const text = [
    { alg: 'RS256', typ: 'JWT', kid: 'weak' },
    { ...claims, exp: Math.floor(Date.now() / 1_000) + 300 },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signed = text.join('.');
  return `${signed}.${signBytes('sha256', Buffer.from(signed), WEAK.privateKey).toString('base64url')}`;
};

let fleet: Fleet;
let platform: PlatformUnderTest;
let server: Server;
let fetches = 0;
/** The key set that the organization's server gives; undefined for a server that has a bad time. */
let served: string | undefined = setOf(GOOD);

beforeAll(async () => {
  server = createServer((_request, response) => {
    fetches += 1;
    if (served === undefined) response.writeHead(500).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(served);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fleet = await startFleet({ oai: 'openai' });
  const target = { provider: 'openai', api_key: 'of-token', custom_host: fleet.at('oai').url };
  platform = await startPlatform([
    organization({ jwksJson: setOf(GOOD, WEAK) }),
    organization({ id: 'org-2', jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys` }),
    workspace({ id: 'ws-2', organizationId: 'org-2', slug: 'ws-two' }),
    config('pc-jwt', 1, target),
    config('pc-jwt', 1, target, { id: 'second', organizationId: 'org-2', workspaceId: 'ws-2' }),
  ]);
});
afterAll(async () => {
  await platform.close();
  await fleet.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => fleet.reset());

const ask = (token: string, header = 'x-portkey-api-key'): Promise<Response> =>
  fetch(`${platform.gateway.url}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-portkey-trace-id': token.slice(-12),
      [header]: header === 'authorization' ? `Bearer ${token}` : token,
    },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }),
  });

const outcome = async (token: string) => {
  const response = await ask(token);
  const { error } = (await response.json()) as { error?: { type: string; code: string } };
  return [response.status, error?.type, error?.code];
};

const UNKNOWN = [401, 'invalid_api_key', '03'];
const FORBIDDEN = [403, 'permission_denied', '033'];

describe('a token in the place of a key', () => {
  it('calls in the name of its user, with its defaults', async () => {
    const token = await sign();
    expect((await ask(token)).status).toBe(200);
    expect(fleet.onlyRequest('oai').headers.authorization).toBe('Bearer of-token');
    const [record] = await platform.gateway.logRecords(1, ({ traceId }) => traceId === token.slice(-12));
    expect(record).toMatchObject({
      userId: 'ada@example.com',
      organizationId: 'org-1',
      workspaceId: 'ws-1',
      metadata: { team: 'red', _user: 'ada@example.com' },
    });
  });

  it('comes in either header, and never reaches a provider', async () => {
    const token = await sign();
    expect((await ask(token, 'authorization')).status).toBe(200);
    expect(JSON.stringify(fleet.onlyRequest('oai').headers)).not.toContain(token);
  });

  it.each([
    [
      'of a key that is not in the set',
      () => sign(CLAIMS, { key: OTHER.privateKey, header: { kid: 'other' } }),
      UNKNOWN,
    ],
    ['signed with another key under a known id', () => sign(CLAIMS, { key: OTHER.privateKey }), UNKNOWN],
    ['of a key that is too short', () => signWeakly(CLAIMS), UNKNOWN],
    ['without a key id', () => sign(CLAIMS, { header: { kid: undefined } }), UNKNOWN],
    ['of another type', () => sign(CLAIMS, { header: { typ: 'at+jwt' } }), UNKNOWN],
    [
      'signed with the public key as a shared secret',
      () => sign(CLAIMS, { key: Buffer.from(setOf(GOOD)), header: { alg: 'HS256' } }),
      UNKNOWN,
    ],
    ['with another algorithm of the same key', () => sign(CLAIMS, { header: { alg: 'RS512' } }), UNKNOWN],
    [
      'past its time',
      () => sign(CLAIMS, { expires: Math.floor(Date.now() / 1_000) - 60 }),
      [401, 'api_key_expired', '01'],
    ],
    ['of an organization that nobody knows', () => sign({ ...CLAIMS, organisation_id: 'org-9' }), FORBIDDEN],
    ['of a workspace of another organization', () => sign({ ...CLAIMS, workspace_slug: 'ws-two' }), FORBIDDEN],
    ['without the scope', () => sign({ ...CLAIMS, scope: 'prompts.render' }), FORBIDDEN],
    ['without any scope', () => sign({ ...CLAIMS, scope: undefined }), FORBIDDEN],
  ])('%s is refused', async (_what, make, expected) => {
    expect(await outcome(await make())).toEqual(expected);
    expect(fleet.calls()).toEqual({});
  });

  it('that is not signed at all is refused', async () => {
    const [, payload] = (await sign()).split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT","kid":"good"}').toString('base64url');
    expect(await outcome(`${none}.${payload}.AA`)).toEqual(UNKNOWN);
    expect(await outcome(`${none}.${payload}.`)).toEqual(UNKNOWN);
  });

  it('a change of one character in a token that is known makes it unknown', async () => {
    const token = await sign();
    expect((await ask(token)).status).toBe(200);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const other = Buffer.from(payload, 'base64url').toString().replace('ada@', 'bob@');
    expect(await outcome([header, Buffer.from(other).toString('base64url'), signature].join('.'))).toEqual(UNKNOWN);
  });

  it('stops with the key that signed it, also when it was let in before', async () => {
    const token = await sign();
    expect((await ask(token)).status).toBe(200);
    platform.controlPlane.commit(organization({ jwksJson: setOf(OTHER) }));
    await platform.settled();
    expect(await outcome(token)).toEqual(UNKNOWN);
    platform.controlPlane.commit(organization({ jwksJson: setOf(GOOD, WEAK) }));
    await platform.settled();
    expect((await ask(token)).status).toBe(200);
  });
});

describe('a key set that is fetched', () => {
  const claims = { ...CLAIMS, organisation_id: 'org-2', workspace_slug: 'ws-two' };

  it('is fetched once for many tokens, and once more, not more often, for a key that it lacks', async () => {
    for (let calls = 0; calls < 3; calls += 1)
      expect((await ask(await sign({ ...claims, jti: String(calls) }))).status).toBe(200);
    expect(fetches).toBe(1);
    served = setOf(GOOD, OTHER);
    for (let calls = 0; calls < 3; calls += 1) {
      const unknown = await sign({ ...claims, jti: `x${calls}` }, { key: OTHER.privateKey, header: { kid: 'other' } });
      expect(await outcome(unknown)).toEqual(UNKNOWN);
    }
    // Within the half minute nobody asks again: a flood of made-up ids must not become one of fetches.
    expect(fetches).toBe(1);
  });

  it('stays good while its server has a bad time', async () => {
    served = undefined;
    expect((await ask(await sign({ ...claims, jti: 'later' }))).status).toBe(200);
  });
});

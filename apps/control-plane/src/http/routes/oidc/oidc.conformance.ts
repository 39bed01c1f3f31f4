import { Secret, systemClock } from '@portolan/service-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oidcIdentityProvider } from '../../../adapters/identity-provider/oidc.ts';
import { createFirstOwner } from '../../../setup/create-first-owner.ts';
import {
  type IdentityProviderStandIn,
  type StandInPerson,
  startIdentityProviderStandIn,
} from '../../../testing/identity-provider-stand-in.ts';
import type { Tenant, TestPlatform } from '../../../testing/platform.ts';

/** What signing in at an identity provider promises, over any database. */
export const oidcConformance = (base: () => TestPlatform): void => {
  describe('signing in at an identity provider', () => {
    let standIn: IdentityProviderStandIn;
    let platform: TestPlatform;
    let tenant: Tenant;
    let admin: string;
    let at = 0;
    beforeAll(async () => {
      standIn = await startIdentityProviderStandIn();
      platform = base().with({
        identityProvider: oidcIdentityProvider({
          issuer: standIn.issuer,
          clientId: standIn.clientId,
          clientSecret: new Secret(standIn.clientSecret),
          scopes: ['email', 'profile'],
          timeoutMs: 5_000,
          monotonicMs: systemClock.monotonicMs,
        }),
      });
      tenant = await platform.tenant();
      admin = await tenant.key('organisation-service');
    });
    afterAll(() => standIn.close());

    const get = (url: string, cookie?: string) =>
      platform.app.inject({
        url,
        remoteAddress: `198.51.100.${at % 250}`,
        headers: cookie === undefined ? {} : { cookie },
      });
    const cookiesOf = (header: unknown): string[] => [header].flat().map((line) => String(line).split(';')[0] ?? '');
    const someone = (changes: object = {}): StandInPerson & { email: string } => {
      at += 1;
      const email = `oidc-${at}-${tenant.organizationId}@example.com`;
      return {
        email,
        claims: {
          sub: `sub-${at}-${tenant.organizationId}`,
          email,
          email_verified: true,
          name: 'Ada Test',
          ...changes,
        },
      };
    };
    const start = async (returnTo = '/logs') => {
      const begun = await get(`/v1/auth/oidc/start?return_to=${encodeURIComponent(returnTo)}`);
      return {
        ...begun,
        location: String(begun.headers.location),
        cookie: cookiesOf(begun.headers['set-cookie'])[0] ?? '',
      };
    };
    const signIn = async (person: StandInPerson, by: { cookie?: string; returnTo?: string } = {}) => {
      const begun = await start(by.returnTo);
      const back = standIn.signIn(begun.location, person);
      const answer = await get(`${back.pathname}${back.search}`, by.cookie ?? begun.cookie);
      return { ...answer, back, begun, session: cookiesOf(answer.headers['set-cookie'])[0] ?? '' };
    };
    const whoAmI = async (session: string) => (await get('/v1/auth/session', session)).json();
    const invite = async (email: string) =>
      (
        await platform.call(admin, 'POST', '/admin/users/invites', {
          email,
          role: 'admin',
          workspaces: [{ id: tenant.workspaceSlug, role: 'manager' }],
        })
      ).body;

    test('somebody who is invited comes in, becomes what the invite says, and goes on where it began', async () => {
      const person = someone();
      const { id } = await invite(person.email);
      const answer = await signIn(person, { returnTo: '/logs?x=1' });
      expect(answer.statusCode).toBe(302);
      expect(answer.headers.location).toBe('https://portolan.example/logs?x=1');
      expect(answer.begun.headers['set-cookie']).toMatch(
        /^__Host-portolan_sign_in=[\w-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
      );
      expect(await whoAmI(answer.session)).toMatchObject({
        user: { email: person.email, first_name: 'Ada', last_name: 'Test', has_password: false },
        organisation: { id: tenant.organizationId, role: 'admin' },
      });
      expect((await platform.call(admin, 'GET', `/admin/users/invites/${id}`)).body.status).toBe('accepted');
    });

    test('who has come once is known by the subject, whatever the address is now', async () => {
      const person = someone();
      await invite(person.email);
      const first = await whoAmI((await signIn(person)).session);
      const moved = { claims: { sub: person.claims.sub } };
      expect((await whoAmI((await signIn(moved)).session)).user.id).toBe(first.user.id);
      const impostor = { claims: { ...person.claims, sub: 'somebody else' } };
      expect((await signIn(impostor)).statusCode).toBe(403);
    });

    test('an account with a password is tied to the identity only by an address that is confirmed', async () => {
      const person = someone();
      const { organizationId } = await platform.tenant();
      const owner = { organizationId, email: person.email, password: new Secret('a long enough password') };
      await createFirstOwner(platform.deps, owner);
      expect((await signIn({ claims: { ...person.claims, email_verified: false } })).statusCode).toBe(403);
      expect((await whoAmI((await signIn(person)).session)).organisation).toEqual(
        expect.objectContaining({ id: organizationId, role: 'owner' }),
      );
    });

    test('who chose a password for an address that is not its own is out when its owner first comes in', async () => {
      const person = someone();
      const { invite_link } = await invite(person.email);
      const password = 'chosen by whoever had the link';
      const token = String(invite_link).split('/').at(-1);
      const squatter = await platform.call('', 'POST', '/auth/invites/accept', { token, password });
      expect(squatter.status).toBe(200);
      const { session } = await signIn(person);
      expect((await whoAmI(session)).user).toMatchObject({ id: squatter.body.user.id, has_password: false });
      expect(await platform.call('', 'POST', '/auth/login', { email: person.email, password })).toMatchObject({
        status: 401,
      });
      const theirs = cookiesOf(squatter.headers['set-cookie'])[0] ?? '';
      expect((await get('/v1/auth/session', theirs)).statusCode).toBe(401);
      // From now on the account is the owner's: coming in again ends nothing.
      await signIn(person);
      expect((await whoAmI(session)).user.id).toBe(squatter.body.user.id);
    });

    test('nobody else comes in, not even with an invite for an address that is not confirmed', async () => {
      expect((await signIn(someone())).statusCode).toBe(403);
      const unconfirmed = someone({ email_verified: false });
      await invite(unconfirmed.email);
      expect((await signIn(unconfirmed)).statusCode).toBe(403);
    });

    test('only the browser that began may finish, once', async () => {
      const person = someone();
      await invite(person.email);
      const other = await start();
      expect((await signIn(person, { cookie: other.cookie })).statusCode).toBe(401);
      expect((await signIn(person, { cookie: '' })).statusCode).toBe(401);
      const good = await signIn(person);
      expect(good.statusCode).toBe(302);
      const again = await get(`${good.back.pathname}${good.back.search}`, good.begun.cookie);
      expect(again.statusCode).toBe(401);
    });

    test.each<[string, Partial<StandInPerson>]>([
      ['another nonce', { nonce: 'other' }],
      ['another audience', { audience: 'other' }],
      ['a forged signature', { isForged: true }],
      ['an end that has passed', { expiresAt: 1_000 }],
    ])('an answer with %s opens nothing', async (_what, changes) => {
      const person = someone();
      await invite(person.email);
      const answer = await signIn({ ...person, ...changes });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['set-cookie']).toBeUndefined();
    });

    test('it never leads to another site', async () => {
      const person = someone();
      await invite(person.email);
      for (const returnTo of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
        expect((await signIn(person, { returnTo })).headers.location).toBe('https://portolan.example/');
      }
    });

    test('people of an allowed domain join the only organisation, where the operator wants that', async () => {
      const { db } = platform.deps;
      // Alone in the database, for the moment.
      const others = await db.query(
        `update organizations set status = 'archived' where status = 'active' and id <> $1 returning id`,
        [tenant.organizationId],
      );
      const { settings } = platform.deps;
      const open = (autoProvision: boolean, allowedDomains: readonly string[]) =>
        platform.with({
          identityProvider: platform.deps.identityProvider,
          settings: { ...settings, signIn: { autoProvision, allowedDomains } },
        });
      const closed = platform;
      try {
        platform = open(false, ['example.com']);
        expect((await signIn(someone())).statusCode).toBe(403);
        platform = open(true, ['example.org']);
        expect((await signIn(someone())).statusCode).toBe(403);
        platform = open(true, ['example.com']);
        expect((await signIn(someone({ email_verified: false }))).statusCode).toBe(403);
        expect((await whoAmI((await signIn(someone())).session)).organisation).toMatchObject({
          id: tenant.organizationId,
          role: 'member',
        });
      } finally {
        platform = closed;
        for (const { id } of others)
          await db.query(`update organizations set status = 'active' where id = $1`, [String(id)]);
      }
    });

    test('without an identity provider there is nothing to begin', async () => {
      const answer = await base().app.inject({ url: '/v1/auth/oidc/start' });
      expect(answer.statusCode).toBe(404);
      expect((await base().app.inject({ url: '/v1/auth/callback' })).statusCode).toBe(404);
    });

    test('an address that only begins is stopped', async () => {
      const statuses = [];
      for (let begun = 0; begun < 61; begun += 1) {
        const answer = await platform.app.inject({ url: '/v1/auth/oidc/start', remoteAddress: '203.0.113.250' });
        statuses.push(answer.statusCode);
      }
      expect(statuses.filter((status) => status === 302)).toHaveLength(60);
      expect(statuses.at(-1)).toBe(429);
    });
  });
};

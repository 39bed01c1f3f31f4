import { Secret, systemClock } from '@portolan/service-kit';
import { oidcIdentityProvider } from '../adapters/identity-provider/oidc.ts';
import type { IdentityProvider } from '../ports/identity-provider.ts';
import { cookiesIn } from './cookies-in.ts';
import { startIdentityProviderStandIn } from './identity-provider-stand-in.ts';
import type { Tenant, TestPlatform } from './platform.ts';

/** Somebody signs in at an identity provider, and somebody else does not come back from there. @returns what must not be seen of it */
export const plantSignIns = async (base: TestPlatform, tenant: Tenant): Promise<readonly string[]> => {
  const standIn = await startIdentityProviderStandIn();
  try {
    const seen: string[] = [standIn.clientSecret];
    const real = oidcIdentityProvider({
      issuer: standIn.issuer,
      clientId: standIn.clientId,
      clientSecret: new Secret(standIn.clientSecret),
      scopes: ['email', 'profile'],
      timeoutMs: 5_000,
      monotonicMs: systemClock.monotonicMs,
    });
    const identityProvider: IdentityProvider = {
      ...real,
      begin: async (redirectUri) => {
        const begun = await real.begin(redirectUri);
        seen.push(begun.state, begun.nonce, begun.codeVerifier);
        return begun;
      },
    };
    const platform = base.with({ identityProvider });
    const email = `planted-${tenant.organizationId}@example.com`;
    await platform.call(await tenant.key('organisation-service'), 'POST', '/admin/users/invites', {
      email,
      role: 'member',
      workspaces: [{ id: tenant.workspaceSlug, role: 'member' }],
    });
    const begin = () => platform.app.inject({ url: '/v1/auth/oidc/start' });
    const claims = { sub: `planted-${tenant.organizationId}`, email, email_verified: true };
    await begin();
    const begun = await begin();
    const back = standIn.signIn(String(begun.headers.location), { claims });
    const cookie = [begun.headers['set-cookie']].flat().map((line) => String(line).split(';')[0]);
    const finished = await platform.app.inject({
      url: `${back.pathname}${back.search}`,
      headers: { cookie: cookie.join('; ') },
    });
    if (finished.statusCode !== 302) throw new Error(`nobody was signed in: ${finished.body}`);
    return [...seen, ...cookiesIn(finished.headers['set-cookie'])].filter((secret) => secret !== '');
  } finally {
    await standIn.close();
  }
};

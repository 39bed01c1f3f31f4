import { PlatformError } from '@portolan/service-kit';
import { countedAddress } from '../../../access/client-address.ts';
import { digestToken } from '../../../access/session-token.ts';
import { transactionally } from '../../../change/run-write.ts';
import { safeReturnTo } from '../../../domain/return-to.ts';
import { sealSignIn } from '../../../sealing/sign-in-secrets.ts';
import { insertSignInAttempt } from '../../../store/sign-in-attempts.ts';
import { failureSubject, reserveAttempt } from '../../../store/sign-in-failures.ts';
import { setCookie, signInCookieName } from '../../cookies.ts';
import { open } from '../../route.ts';
import { redirectUri, requireProvider } from './redirect-uri.ts';

const VALID_S = 600;
/** Anybody can begin: so many from one address are remembered at a time. */
const BEGUN_MAX = 60;

/** Sends the browser to the identity provider. A cookie ties what comes back to this browser. */
export const startOidc = open({
  method: 'GET',
  path: '/auth/oidc/start',
  async answer(call, deps) {
    const { settings, db } = deps;
    const provider = requireProvider(deps);
    const bounds = [{ subject: failureSubject('start', countedAddress(call.clientIp)), max: BEGUN_MAX }];
    const waitMs = await transactionally(db, (tx) => reserveAttempt(tx, bounds, call.nowMs, VALID_S * 1_000));
    if (waitMs !== undefined) {
      throw new PlatformError('too_many_requests', {
        public: 'Too many attempts to sign in. Try again later.',
        retryAfterS: Math.max(1, Math.ceil(waitMs / 1_000)),
      });
    }
    const { url, ...secrets } = await provider.begin(redirectUri(settings));
    const attempt = {
      stateDigest: digestToken(secrets.state),
      sealedSecrets: sealSignIn(secrets),
      returnTo: safeReturnTo(call.query.return_to, settings.publicUrl),
      expiresAt: new Date(call.nowMs + VALID_S * 1_000),
    };
    await transactionally(db, (tx) => insertSignInAttempt(tx, attempt, new Date(call.nowMs)));
    return {
      status: 302,
      body: {},
      headers: {
        location: url,
        'set-cookie': setCookie(settings.publicUrl, signInCookieName(settings.publicUrl), secrets.state, VALID_S),
      },
    };
  },
});

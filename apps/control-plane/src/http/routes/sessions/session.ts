import { notSignedIn, signedIn } from '../../../access/session.ts';
import { open } from '../../route.ts';
import { sessionView } from './view.ts';

/** Who am I. */
export const getSession = open({
  method: 'GET',
  path: '/auth/session',
  async answer(call, deps) {
    const caller = await signedIn(call, deps);
    if (caller === undefined) throw notSignedIn();
    const { organisationId: organizationId, user } = caller.principal;
    return { status: 200, body: await sessionView(deps.db, { organizationId, user, ...caller }) };
  },
});

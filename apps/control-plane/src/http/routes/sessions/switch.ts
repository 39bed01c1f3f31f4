import { PlatformError } from '@portolan/service-kit';
import * as z from 'zod';
import { notSignedIn, signedIn } from '../../../access/session.ts';
import { transactionally } from '../../../change/run-write.ts';
import { organizationsOf } from '../../../store/organization-members.ts';
import { refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { open } from '../../route.ts';
import { beginSession } from './begin.ts';

const input = z.object({ organisation_id: refField() });

/** Goes on in another organization that one belongs to: a new session takes the place of the old one. */
export const postSwitch = open({
  method: 'POST',
  path: '/auth/organisation',
  async answer(call, deps) {
    const caller = await signedIn(call, deps);
    if (caller === undefined) throw notSignedIn();
    const { organisation_id } = readInput(call, input);
    const userId = caller.principal.user.id;
    const found = (await organizationsOf(deps.db, userId)).find(({ organization_id, slug }) =>
      [organization_id, slug].includes(organisation_id),
    );
    if (found === undefined) {
      throw new PlatformError('permission_denied', { public: 'You are not a member of such an organisation.' });
    }
    const { cookie, view } = await transactionally(deps.db, (tx) =>
      beginSession(tx, call, { userId, organizationId: found.organization_id }, deps),
    );
    return { status: 200, body: view, headers: { 'set-cookie': cookie } };
  },
});

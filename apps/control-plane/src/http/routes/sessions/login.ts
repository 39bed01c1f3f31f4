import { PlatformError, Secret } from '@portolan/service-kit';
import * as z from 'zod';
import { assertSameOrigin } from '../../../access/same-origin.ts';
import { accountOfPassword } from '../../../access/sign-in.ts';
import { transactionally } from '../../../change/run-write.ts';
import { emailField, passwordField } from '../../../domain/password.ts';
import { organizationsOf } from '../../../store/organization-members.ts';
import { refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { open } from '../../route.ts';
import { beginSession } from './begin.ts';

const input = z.object({ email: emailField(), password: passwordField(), organisation_id: refField().nullish() });

/** Signs in with e-mail address and password: to the organization that is named, else to the first that was joined. */
export const postLogin = open({
  method: 'POST',
  path: '/auth/login',
  async answer(call, deps) {
    assertSameOrigin(call, deps.settings.publicUrl);
    const { email, password, organisation_id } = readInput(call, input);
    const account = await accountOfPassword(call, email, new Secret(password), deps);
    const organizations = await organizationsOf(deps.db, account.id);
    const organization =
      organisation_id == null
        ? organizations[0]
        : organizations.find(({ organization_id, slug }) => [organization_id, slug].includes(organisation_id));
    if (organization === undefined) {
      throw new PlatformError('permission_denied', { public: 'You are not a member of such an organisation.' });
    }
    const organizationId = organization.organization_id;
    const { cookie, view } = await transactionally(deps.db, (tx) =>
      beginSession(tx, call, { userId: account.id, organizationId }, deps),
    );
    return { status: 200, body: view, headers: { 'set-cookie': cookie } };
  },
});

import type { Scope } from '@portolan/access-control';
import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { authorize, notFound } from '../../../access/authorize.ts';
import { lockOwners } from '../../../store/organization-members.ts';
import { findUser, type UserRow } from '../../../store/users.ts';
import type { Call } from '../../call.ts';

/** The person that the path names, for a caller that may do this to the people of the organization. @throws PlatformError 404, 403 */
export const userOfPath = async (sql: Sql, call: Call, scope: Scope): Promise<UserRow> => {
  await authorize(sql, call, [scope], { workspaceId: null, named: 'object' });
  const user = await findUser(sql, call.principal.organisationId, call.params.user ?? '');
  if (user === undefined) throw notFound('user');
  return user;
};

/** An organization always has an owner. @throws PlatformError 409 when this is the last one */
export const assertNotLastOwner = async (tx: Sql, organizationId: string, user: UserRow): Promise<void> => {
  if (user.role !== 'owner' || (await lockOwners(tx, organizationId)) > 1) return;
  throw new PlatformError('conflict', { public: 'The last owner of an organisation stays its owner.', param: 'role' });
};

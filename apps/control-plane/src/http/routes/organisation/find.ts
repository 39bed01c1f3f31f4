import type { Scope } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { authorize, notFound } from '../../../access/authorize.ts';
import { lockOrganization } from '../../../store/organization-changes.ts';
import { findOrganization, type OrganizationRow } from '../../../store/organizations.ts';
import type { Call } from '../../call.ts';

/** The caller's organization, for a caller that may do this to it. @throws PlatformError 403 */
export const ownOrganization = async (
  sql: Sql,
  call: Call,
  scope: Scope,
  lock: 'lock' | 'look' = 'look',
): Promise<OrganizationRow> => {
  await authorize(sql, call, [scope], { workspaceId: null, named: 'object' });
  const { organisationId } = call.principal;
  if (lock === 'lock') await lockOrganization(sql, organisationId);
  const organization = await findOrganization(sql, organisationId);
  if (organization === undefined) throw notFound('organisation');
  return organization;
};

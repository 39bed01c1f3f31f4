import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import type { Call } from '../http/call.ts';
import { findOrganization } from '../store/organizations.ts';

/**
 * Sees to it that an organization named in a request is the caller's own.
 * @param given  id or slug; nothing is always right
 * @throws PlatformError  403
 */
export const requireOwnOrganization = async (
  sql: Sql,
  { principal }: Pick<Call, 'principal'>,
  given: string | null | undefined,
): Promise<void> => {
  if (given === undefined || given === null || given === principal.organisationId) return;
  const own = await findOrganization(sql, principal.organisationId);
  if (own?.slug === given) return;
  throw new PlatformError('permission_denied', {
    public: 'You do not have enough permissions to execute this request: the organisation is not yours.',
    param: 'organisation_id',
  });
};

import { mayGrant, type OrganisationRole, type Principal } from '@portolan/access-control';
import { PlatformError } from '@portolan/service-kit';

/** As which role somebody gives roles: an admin key counts as an admin, keys of workspaces as nobody much. */
const grantorRole = (principal: Principal): OrganisationRole => {
  if (principal.kind === 'organisation-service') return 'admin';
  return principal.kind === 'person' ? principal.user.organisationRole : 'member';
};

/** @throws PlatformError 403 when the caller may not give, or take away, one of these roles */
export const assertMayGrant = (principal: Principal, ...roles: readonly OrganisationRole[]): void => {
  const grantor = grantorRole(principal);
  const beyond = roles.find((role) => !mayGrant(grantor, role));
  if (beyond === undefined) return;
  throw new PlatformError('permission_denied', {
    public: `Only ${beyond === 'owner' ? 'an owner' : 'an owner or an admin'} may give or take away the role ${beyond}.`,
    param: 'role',
  });
};

import type { Secret } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { transactionally } from '../change/run-write.ts';
import type { Deps } from '../deps.ts';
import { addOrganizationMember, setOrganizationRole } from '../store/organization-members.ts';
import { findAccountByEmail, insertAccount } from '../store/users.ts';

export interface FirstOwner {
  readonly organizationId: string;
  readonly email: string;
  readonly password: Secret;
}

const hasOwner = async (sql: Sql, organizationId: string): Promise<boolean> => {
  const rows = await sql.query(
    `select 1 as there from organization_members where organization_id = $1 and role = 'owner' limit 1`,
    [organizationId],
  );
  return rows.length > 0;
};

/**
 * The first administrator of an organization that has no owner yet. An account that exists already keeps its password.
 * @returns whether there was nobody before
 */
export const createFirstOwner = async (
  { db, passwords, newId }: Pick<Deps, 'db' | 'passwords' | 'newId'>,
  { organizationId, email, password }: FirstOwner,
): Promise<boolean> => {
  // Asked before anything else: a start that finds an owner does no slow work.
  if (await hasOwner(db, organizationId)) return false;
  const passwordHash = await passwords.hash(password);
  return transactionally(db, async (tx) => {
    await tx.query('select id from organizations where id = $1 for update', [organizationId]);
    if (await hasOwner(tx, organizationId)) return false;
    const account = await findAccountByEmail(tx, email);
    const userId = account?.id ?? newId();
    if (account === undefined)
      await insertAccount(tx, { id: userId, email, firstName: '', lastName: '', passwordHash });
    await addOrganizationMember(tx, organizationId, userId, 'owner');
    await setOrganizationRole(tx, organizationId, userId, 'owner');
    return true;
  });
};

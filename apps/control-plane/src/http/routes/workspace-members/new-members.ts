import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { loadUser } from '../../../access/principal.ts';
import { listWorkspaceMembers, type Membership } from '../../../store/workspace-members.ts';
import type { WorkspaceRow } from '../../../store/workspaces.ts';
import { refField, workspaceRoleField } from '../../fields.ts';
import { refuseInput } from '../../input.ts';
import { memberSummary } from './view.ts';

const AT_ONCE_MAX = 500;
const SHOWN_MAX = 1_000;

/** People to be added: ids, which makes members of them, or ids with roles. */
export const newMembersField = () =>
  z
    .array(
      z.union([refField(), z.strictObject({ id: refField(), role: workspaceRoleField().nullish() })], {
        error: 'must be the id of a user, or {id, role}',
      }),
      { error: 'must be an array' },
    )
    .max(AT_ONCE_MAX, `may hold at most ${AT_ONCE_MAX} people`)
    .transform((people) =>
      people.map(
        (person): Membership =>
          typeof person === 'string'
            ? { userId: person, role: 'member' }
            : { userId: person.id, role: person.role ?? 'member' },
      ),
    );

/** Only members of the organization can be members of its workspaces. @throws PlatformError 400 naming the others */
export const checkMembers = async (
  sql: Sql,
  organizationId: string,
  members: readonly Membership[],
): Promise<readonly Membership[]> => {
  const problems = [];
  for (const [at, { userId }] of members.entries()) {
    if ((await loadUser(sql, organizationId, userId)) === undefined) {
      problems.push({
        path: `users.${at}`,
        message: 'There is no such user in the organisation: send an invite first.',
      });
    }
  }
  return problems.length === 0 ? members : refuseInput(problems);
};

/** The members of a workspace as its own answer shows them, up to a thousand. */
export const membersOf = async (
  sql: Sql,
  { id }: Pick<WorkspaceRow, 'id'>,
): Promise<readonly Readonly<Record<string, string>>[]> => {
  const filter = { workspaceId: id, role: null, email: null };
  const { rows } = await listWorkspaceMembers(sql, filter, { limit: SHOWN_MAX, offset: 0 });
  return rows.map(memberSummary);
};

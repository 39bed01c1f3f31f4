import type { OrganisationRole } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import { count, readRow, readRows } from './rows.ts';

const accountRow = z.object({
  id: z.string(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  password_hash: z.string().nullable(),
  oidc_issuer: z.string().nullable(),
  oidc_subject: z.string().nullable(),
});

/** Somebody's account, which is the same in all organizations. */
export type AccountRow = z.output<typeof accountRow>;

const ACCOUNT = 'id, email, first_name, last_name, password_hash, oidc_issuer, oidc_subject';

export const findAccountByEmail = async (
  sql: Sql,
  email: string,
  lock: 'lock' | 'look' = 'look',
): Promise<AccountRow | undefined> =>
  readRow(
    accountRow,
    await sql.query(
      `select ${ACCOUNT} from users where lower(email) = lower($1) ${lock === 'lock' ? 'for update' : ''}`,
      [email],
    ),
  );

export const findAccount = async (sql: Sql, id: string): Promise<AccountRow | undefined> =>
  readRow(accountRow, await sql.query(`select ${ACCOUNT} from users where id = $1`, [id]));

export const findAccountByIdentity = async (
  sql: Sql,
  issuer: string,
  subject: string,
): Promise<AccountRow | undefined> =>
  readRow(
    accountRow,
    await sql.query(`select ${ACCOUNT} from users where oidc_issuer = $1 and oidc_subject = $2`, [issuer, subject]),
  );

export interface NewAccount {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly passwordHash: string | null;
}

export const insertAccount = async (tx: Sql, account: NewAccount): Promise<void> => {
  await tx.query('insert into users (id, email, first_name, last_name, password_hash) values ($1, $2, $3, $4, $5)', [
    account.id,
    account.email,
    account.firstName,
    account.lastName,
    account.passwordHash,
  ]);
};

export const setPassword = async (tx: Sql, userId: string, passwordHash: string | null): Promise<void> => {
  await tx.query('update users set password_hash = $2, updated_at = now() where id = $1', [userId, passwordHash]);
};

export const setIdentity = async (tx: Sql, userId: string, issuer: string, subject: string): Promise<void> => {
  await tx.query('update users set oidc_issuer = $2, oidc_subject = $3, updated_at = now() where id = $1', [
    userId,
    issuer,
    subject,
  ]);
};

const userRow = z.object({
  id: z.string(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  role: z.enum(['owner', 'admin', 'member']) satisfies z.ZodType<OrganisationRole>,
  created_at: z.date(),
  updated_at: z.date(),
  workspace_ids: z.array(z.string()),
});

/** A member of an organization. */
export type UserRow = z.output<typeof userRow>;

const COLUMNS = `u.id, u.email, u.first_name, u.last_name, m.role, m.created_at, greatest(m.updated_at, u.updated_at) as updated_at,
  coalesce((select jsonb_agg(w.workspace_id order by w.workspace_id) from workspace_members w join workspaces s on s.id = w.workspace_id
    where w.user_id = u.id and s.organization_id = m.organization_id and s.status = 'active'), '[]'::jsonb) as workspace_ids`;
const FROM = 'from organization_members m join users u on u.id = m.user_id';

export interface UserFilter {
  readonly organizationId: string;
  readonly role: string | null;
  readonly email: string | null;
}

/** The members of an organization, newest first. */
export const listUsers = async (
  sql: Sql,
  { organizationId, role, email }: UserFilter,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly UserRow[] }> => {
  const where = `where m.organization_id = $1 and ($2::text is null or m.role = $2) and ($3::text is null or lower(u.email) = lower($3))`;
  const params = [organizationId, role, email];
  const total = await count(sql, `select count(*) as total ${FROM} ${where}`, params);
  const rows = await sql.query(
    `select ${COLUMNS} ${FROM} ${where} order by m.created_at desc, u.id limit $4 offset $5`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(userRow, rows) };
};

export const findUser = async (sql: Sql, organizationId: string, id: string): Promise<UserRow | undefined> =>
  readRow(
    userRow,
    await sql.query(`select ${COLUMNS} ${FROM} where m.organization_id = $1 and u.id = $2`, [organizationId, id]),
  );

/** For an account that nobody uses any more and that is taken up again. */
export const setNameAndPassword = async (
  tx: Sql,
  userId: string,
  { firstName, lastName, passwordHash }: Pick<NewAccount, 'firstName' | 'lastName' | 'passwordHash'>,
): Promise<void> => {
  await tx.query(
    'update users set first_name = $2, last_name = $3, password_hash = $4, updated_at = now() where id = $1',
    [userId, firstName, lastName, passwordHash],
  );
};

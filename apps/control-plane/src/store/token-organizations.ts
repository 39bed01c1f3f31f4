import type { Sql } from '@portolan/sql';
import type { TokenOrganization, TokenOrganizations } from '@portolan/token-auth';
import * as z from 'zod';
import { readRows } from './rows.ts';

const row = z.object({ id: z.string(), jwks: z.unknown(), jwks_url: z.string().nullable() }).transform(
  ({ id, jwks, jwks_url }): TokenOrganization => ({
    id,
    jwksJson: jwks === null || jwks === undefined ? '' : JSON.stringify(jwks),
    jwksUrl: jwks_url ?? '',
  }),
);

const SELECT = `select id, jwks, jwks_url from organizations where status = 'active'`;

/** Organizations whose tokens are taken: those that have a key set. */
export const tokenOrganizations = (sql: Sql): TokenOrganizations<TokenOrganization> => ({
  named: async (id) => readRows(row, await sql.query(`${SELECT} and id = $1`, [id]))[0],
  only: async () => {
    const withKeys = `${SELECT} and (jwks is not null or jwks_url is not null) order by id limit 2`;
    const [only, ...others] = readRows(row, await sql.query(withKeys));
    return others.length === 0 ? only : undefined;
  },
});

import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { readRow } from './rows.ts';

const organizationRow = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  status: z.enum(['active', 'archived']),
  settings: z.record(z.string(), z.unknown()),
  overridable: z.array(z.string()),
  defaults: z.record(z.string(), z.unknown()),
  jwks: z.unknown(),
  jwks_url: z.string().nullable(),
});

export type OrganizationRow = z.output<typeof organizationRow>;

export const findOrganization = async (sql: Sql, id: string): Promise<OrganizationRow | undefined> =>
  readRow(
    organizationRow,
    await sql.query(
      'select id, slug, name, status, settings, overridable, defaults, jwks, jwks_url from organizations where id = $1',
      [id],
    ),
  );

import { ConfigStatus } from '@portolan/proto';
import type { Logger } from '@portolan/service-kit';
import * as z from 'zod';
import type { Vault } from '../ports/vault.ts';
import { openBodies } from '../sealing/config-body.ts';
import { readRows } from '../store/rows.ts';
import { type SnapshotReader, snapshotReader } from './reader.ts';
import type { Withheld } from './withheld.ts';

const row = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string().nullable(),
  slug: z.string(),
  status: z.enum(['active', 'archived']),
  generation: z.bigint(),
  version_id: z.string(),
  number: z.number(),
  body: z.string().nullable(),
  sealed_body: z.string().nullable(),
  created_at: z.date(),
});

type Row = z.output<typeof row>;

/** A row with what gateways are told of its body; undefined when it does not open. */
type OpenRow = Row & { readonly configJson: string | undefined };

const STATUSES = { active: ConfigStatus.CONFIG_STATUS_ACTIVE, archived: ConfigStatus.CONFIG_STATUS_ARCHIVED } as const;

export interface ConfigReaderDeps {
  readonly vault: Pick<Vault, 'sealingKeys'>;
  readonly log: Logger;
  readonly withheld: Pick<Withheld, 'add'>;
  /** A config does not open, and is left out. */
  onUnreadable(): void;
}

/** Nobody is served an archived config: its body is not looked at. */
const openRows = async (rows: readonly Row[], deps: ConfigReaderDeps): Promise<readonly OpenRow[]> => {
  const served = rows.filter(({ status }) => status === 'active');
  const opened = await openBodies(served, deps.vault);
  const bodies = new Map<string, string>();
  for (const [at, { id, version_id }] of served.entries()) {
    const result = opened[at];
    if (result?.outcome === 'opened') bodies.set(id, result.body);
    else if (result?.outcome === 'no-key') deps.withheld.add(id, result.keyId);
    else {
      deps.onUnreadable();
      deps.log.error(
        { configId: id, versionId: version_id, reason: result?.reason },
        'a stored config does not open: gateways keep what they have of it',
      );
    }
  }
  return rows.map((each) => ({ ...each, configJson: each.status === 'archived' ? '' : bodies.get(each.id) }));
};

/** Configs as gateways are told of them, opened. One that does not open is left out, without harm to the others. */
export const configReader = (deps: ConfigReaderDeps): SnapshotReader =>
  snapshotReader({
    kind: 'config',
    select: `
      select t.id, t.organization_id, t.workspace_id, t.slug, t.status, t.generation, v.id as version_id, v.number,
        v.body::text as body, v.sealed_body, v.created_at
      from configs t join config_versions v on v.id = t.active_version_id`,
    usable: `t.status = 'active'`,
    rows: async (sql, text, params) => openRows(readRows(row, await sql.query(text, params)), deps),
    toEntity: (found) =>
      found.configJson === undefined
        ? undefined
        : {
            kind: {
              $case: 'config',
              value: {
                id: found.id,
                organizationId: found.organization_id,
                workspaceId: found.workspace_id ?? '',
                slug: found.slug,
                versionId: found.version_id,
                version: found.number,
                configJson: found.configJson,
                status: STATUSES[found.status],
                createTime: found.created_at,
                generation: Number(found.generation),
              },
            },
          },
  });

import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { authorize } from '../../../access/authorize.ts';
import { requireOwnOrganization } from '../../../access/own-organization.ts';
import { updateExclusions } from '../../../store/workspace-changes.ts';
import { listExcludedWorkspaces } from '../../../store/workspace-lists.ts';
import { findWorkspace, type WorkspaceRow } from '../../../store/workspaces.ts';
import { flagField, refField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { listOf, readPage } from '../../page.ts';
import { type Route, read, write } from '../../route.ts';

/** Which of the guardrails that the organization wants everywhere. */
type Kind = 'input' | 'output';

const WORKSPACES_MAX = 1_000;

const input = z.object({
  organisation_id: refField().nullish(),
  workspaces: z
    .array(z.strictObject({ workspace_id: refField(), excluded: flagField() }), { error: 'must be an array' })
    .max(WORKSPACES_MAX, `may hold at most ${WORKSPACES_MAX} workspaces`),
  override_existing: flagField().nullish(),
});

const withKind = ({ excluded_guardrails: before }: WorkspaceRow, kind: Kind, excluded: boolean): readonly Kind[] => [
  ...before.filter((each) => each !== kind),
  ...(excluded ? [kind] : []),
];

const wanted = async (
  tx: Sql,
  organizationId: string,
  given: z.output<typeof input>['workspaces'],
): Promise<ReadonlyMap<string, { readonly workspace: WorkspaceRow; readonly excluded: boolean }>> => {
  const found = new Map<string, { workspace: WorkspaceRow; excluded: boolean }>();
  for (const [at, { workspace_id, excluded }] of given.entries()) {
    const workspace = await findWorkspace(tx, organizationId, workspace_id, 'lock');
    if (workspace?.status !== 'active') {
      refuseInput([{ path: `workspaces.${at}.workspace_id`, message: 'There is no such workspace.' }]);
    } else found.set(workspace.id, { workspace, excluded });
  }
  return found;
};

/** The two routes for one kind: which workspaces are excluded, and changing that for many at once. */
export const exclusionRoutes = (kind: Kind): readonly Route[] => [
  read({
    method: 'GET',
    path: `/workspace-exclusions/${kind}-guardrails`,
    scopes: ['organisation_exclusions.list'],
    async read(call, sql) {
      await authorize(sql, call, ['organisation_exclusions.list'], { workspaceId: null, named: 'object' });
      const { total, rows } = await listExcludedWorkspaces(sql, call.principal.organisationId, kind, readPage(call));
      return listOf(
        total,
        rows.map(({ id, slug, name }) => ({ workspace_id: id, slug, name, excluded: true })),
      );
    },
  }),
  write({
    method: 'PUT',
    path: `/workspace-exclusions/${kind}-guardrails`,
    scopes: ['organisation_exclusions.update'],
    audit: { resource: 'organisation', action: 'update' },
    async write(call, tx) {
      const organizationId = call.principal.organisationId;
      await authorize(tx, call, ['organisation_exclusions.update'], { workspaceId: null, named: 'object' });
      const given = readInput(call, input);
      await requireOwnOrganization(tx, call, given.organisation_id);
      const changes = new Map(await wanted(tx, organizationId, given.workspaces));
      if (given.override_existing === true) {
        const everything = { limit: Number.MAX_SAFE_INTEGER, offset: 0 };
        const { rows } = await listExcludedWorkspaces(tx, organizationId, kind, everything);
        for (const workspace of rows) {
          if (!changes.has(workspace.id)) changes.set(workspace.id, { workspace, excluded: false });
        }
      }
      const moved = [...changes.values()].filter(
        ({ workspace, excluded }) => workspace.excluded_guardrails.includes(kind) !== excluded,
      );
      for (const { workspace, excluded } of moved) {
        await updateExclusions(tx, workspace.id, withKind(workspace, kind, excluded));
      }
      const after = moved.map(({ workspace, excluded }) => ({ workspace_id: workspace.id, excluded }));
      return {
        body: {},
        changed: moved.map(({ workspace }) => ({ kind: 'workspace', id: workspace.id })),
        subject: { id: organizationId, workspaceId: null, after: { [`${kind}_guardrails`]: after } },
      };
    },
  }),
];

import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import type { Change } from '../../../change/changes.ts';
import { makeDefaultHandle } from '../../../change/default-handle.ts';
import type { Deps } from '../../../deps.ts';
import {
  clearAccess,
  findAccess,
  listAccess,
  saveAccess,
  saveGlobalAccess,
  workspacesWithoutHandle,
} from '../../../store/integration-workspaces.ts';
import type { IntegrationRow } from '../../../store/integrations.ts';
import { touchVirtualKeys } from '../../../store/virtual-keys.ts';
import { findWorkspace } from '../../../store/workspaces.ts';
import type { Call } from '../../call.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { type AccessInput, accessInput, type WantedAccess } from './access-fields.ts';
import { accessView } from './access-view.ts';
import { integrationOfPath, integrationScopes } from './find.ts';

const HANDLES_MAX = 10_000;

const saveGlobal = async (tx: Sql, integration: IntegrationRow, given: AccessInput): Promise<void> => {
  const access = given.global_workspace_access;
  if (access === undefined) return;
  const stored = access && {
    enabled: access.enabled,
    usage_limits: access.usage_limits ?? [],
    rate_limits: access.rate_limits ?? [],
  };
  await saveGlobalAccess(tx, integration.id, stored === null ? null : JSON.stringify(stored));
};

/** @returns the id of the workspace */
const saveOne = async (
  tx: Sql,
  integration: IntegrationRow,
  wanted: WantedAccess,
  at: number,
  nowMs: number,
): Promise<string> => {
  const workspace = await findWorkspace(tx, integration.organization_id, wanted.id);
  if (workspace === undefined || workspace.status !== 'active') {
    return refuseInput([{ path: `workspaces.${at}.id`, message: 'There is no such workspace.' }]);
  }
  const before = await findAccess(tx, integration.id, workspace.id);
  const choose = <T>(given: readonly T[] | null | undefined, kept: readonly T[] = []): string =>
    JSON.stringify(given === undefined ? kept : (given ?? []));
  await saveAccess(tx, integration.id, workspace.id, {
    enabled: wanted.enabled,
    usageLimits: choose(wanted.usage_limits, before?.usage_limits),
    rateLimits: choose(wanted.rate_limits, before?.rate_limits),
    lastResetAt: wanted.reset_usage === true ? new Date(nowMs) : (before?.last_reset_at ?? null),
  });
  return workspace.id;
};

interface WantedHandle {
  readonly workspaceId: string;
  readonly slug: string | null | undefined;
}

/** Handles are made where a workspace has the integration and none yet. */
const makeHandles = async (
  tx: Sql,
  call: Call,
  integration: IntegrationRow,
  wanted: readonly WantedHandle[],
  deps: Deps,
): Promise<readonly Change[]> => {
  const changes: Change[] = [];
  for (const { workspaceId, slug } of wanted) {
    const handle = { organizationId: integration.organization_id, workspaceId, integration, slug, by: call.actor.id };
    changes.push(await makeDefaultHandle(tx, handle, deps));
  }
  return changes;
};

const assertOfOrganization = ({ workspace_id }: IntegrationRow): void => {
  if (workspace_id === null) return;
  throw new PlatformError('conflict', {
    public: 'The integration belongs to one workspace: no other can be let in.',
    param: 'workspaces',
  });
};

/** Which workspaces have an integration of their organization. What is not named stays as it is. */
export const putIntegrationWorkspaces = write({
  method: 'PUT',
  path: '/integrations/:slug/workspaces',
  aliases: ['/integrations/:slug/integration-workspaces'],
  scopes: integrationScopes('update'),
  audit: { resource: 'integrations', action: 'update' },
  async write(call, tx, deps) {
    const given = readInput(call, accessInput);
    const integration = await integrationOfPath(tx, call, 'update', 'lock');
    assertOfOrganization(integration);
    const before = await listAccess(tx, integration.id);
    if (given.override_existing_workspace_access ?? given.override_existing_workspaces_access) {
      await clearAccess(tx, integration.id);
    }
    await saveGlobal(tx, integration, given);
    const chosen = new Map<string, WantedAccess>();
    for (const [at, wanted] of (given.workspaces ?? []).entries()) {
      chosen.set(await saveOne(tx, integration, wanted, at, call.nowMs), wanted);
    }
    const everywhere = given.create_default_provider === true;
    const without = await workspacesWithoutHandle(tx, integration.id, HANDLES_MAX);
    const wanted = without.flatMap((workspaceId): readonly WantedHandle[] => {
      const own = chosen.get(workspaceId);
      const isWanted = own?.create_default_provider ?? (everywhere && (own !== undefined || isGlobal(given)));
      return isWanted ? [{ workspaceId, slug: own?.default_provider_slug ?? given.default_provider_slug }] : [];
    });
    const made = await makeHandles(tx, call, integration, wanted, deps);
    const touched = await touchVirtualKeys(tx, integration.id);
    const after = await listAccess(tx, integration.id);
    const forAudit = (rows: typeof before) => ({
      workspaces: rows.map((row) => accessView(row, { isPython: false })),
    });
    return {
      body: {},
      changed: [...touched, ...made.filter(({ id }) => touched.every((change) => change.id !== id))],
      subject: { id: integration.id, workspaceId: null, before: forAudit(before), after: forAudit(after) },
    };
  },
});

const isGlobal = ({ global_workspace_access }: AccessInput): boolean => global_workspace_access?.enabled === true;

import { isOn, type Principal, type SettingsSection, SWITCHES } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { authorize, notFound, refusal } from '../../../access/authorize.ts';
import { effectiveSettings, workspaceSettings } from '../../../access/settings.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { changedSwitches, requestLoggingField, SWITCH_NAMES, switchesField } from '../../../domain/settings-input.ts';
import { findOrganization, type OrganizationRow } from '../../../store/organizations.ts';
import { updateWorkspaceSettings } from '../../../store/workspace-changes.ts';
import { findWorkspace, type WorkspaceRow } from '../../../store/workspaces.ts';
import type { Call } from '../../call.ts';
import { readInput, refuseInput } from '../../input.ts';
import { read, write } from '../../route.ts';
import { workspaceOfPath } from '../workspaces/find.ts';
import { switchesView } from './view.ts';

const input = z.object({ switches: switchesField().nullish(), request_logging: requestLoggingField().nullish() });

type Input = z.output<typeof input>;

const organizationOf = async (sql: Sql, workspace: WorkspaceRow): Promise<OrganizationRow> => {
  const organization = await findOrganization(sql, workspace.organization_id);
  if (organization === undefined) throw notFound('organisation');
  return organization;
};

/** What a workspace set for itself, what may be set there, and what holds. */
const view = (workspace: WorkspaceRow, organization: OrganizationRow): JsonObject => {
  const own = workspaceSettings(workspace.settings);
  const effective = effectiveSettings(organization, workspace);
  return {
    object: 'workspace-settings',
    workspace_id: workspace.id,
    switches: own.switches ?? {},
    request_logging: own.requestLogging ?? null,
    overridable: organization.overridable,
    effective: { switches: switchesView(effective), request_logging: effective.requestLogging },
  };
};

const isAdminThere = ({ principal }: { readonly principal: Principal }, workspaceId: string): boolean =>
  !('user' in principal) ||
  principal.user.organisationRole !== 'member' ||
  principal.user.workspaceRoles.get(workspaceId) === 'admin';

const isManagerThere = ({ principal }: { readonly principal: Principal }, workspaceId: string): boolean =>
  'user' in principal && principal.user.workspaceRoles.get(workspaceId) === 'manager';

/**
 * Admins of a workspace change its settings. A manager may change what is logged, where the organization lets managers; who may
 * manage budgets may not, by that, give itself more rights.
 */
const assertMayChange = async (
  tx: Sql,
  call: Call,
  workspace: WorkspaceRow,
  organization: OrganizationRow,
  given: Input,
): Promise<void> => {
  const onlyLogging = given.switches === undefined;
  const settings = effectiveSettings(organization, workspace);
  if (onlyLogging && isManagerThere(call, workspace.id) && isOn(settings, 'managersChangeRequestLogging')) return;
  await authorize(tx, call, ['workspaces.update'], { workspaceId: workspace.id, named: 'workspace' });
  if (!isAdminThere(call, workspace.id)) throw refusal('role');
};

/** A value in a section that is not open to workspaces would lie there without effect: better to say so. */
const assertOpen = (given: Input, { overridable }: OrganizationRow): void => {
  const sectionOf = (name: string): SettingsSection | undefined =>
    SWITCH_NAMES.filter((each) => each === name).map((each) => SWITCHES[each].section)[0];
  const problems = Object.entries(given.switches ?? {}).flatMap(([name, value]) => {
    const section = sectionOf(name);
    if (value == null || section === undefined || overridable.includes(section)) return [];
    return [
      { path: `switches.${name}`, message: `The organisation has not opened the section ${section} to workspaces.` },
    ];
  });
  if (given.request_logging != null && !overridable.includes('request_logging')) {
    const message = 'The organisation has not opened the section request_logging to workspaces.';
    problems.push({ path: 'request_logging', message });
  }
  if (problems.length > 0) refuseInput(problems);
};

/** Keys need the scope that they are asked for; people are judged by what they change. */
const workspaceToLookAt = (tx: Sql, call: Call): Promise<WorkspaceRow> =>
  workspaceOfPath(tx, call, call.principal.kind === 'person' ? 'workspaces.read' : 'workspaces.update');

export const getWorkspaceSettings = read({
  method: 'GET',
  path: '/admin/workspaces/:workspace/settings',
  aliases: ['/workspaces/:workspace/settings'],
  scopes: ['workspaces.read'],
  async read(call, sql) {
    const workspace = await workspaceOfPath(sql, call, 'workspaces.read');
    return view(workspace, await organizationOf(sql, workspace));
  },
});

export const putWorkspaceSettings = write({
  method: 'PUT',
  path: '/admin/workspaces/:workspace/settings',
  aliases: ['/workspaces/:workspace/settings'],
  scopes: ['workspaces.update'],
  audit: { resource: 'workspaces', action: 'manage' },
  async write(call, tx) {
    const given = readInput(call, input);
    const { id, organization_id } = await workspaceToLookAt(tx, call);
    const before = await findWorkspace(tx, organization_id, id, 'lock');
    if (before?.status !== 'active') throw notFound('workspace');
    const organization = await organizationOf(tx, before);
    await assertMayChange(tx, call, before, organization, given);
    assertOpen(given, organization);
    const own = workspaceSettings(before.settings);
    const requestLogging = given.request_logging === undefined ? own.requestLogging : given.request_logging;
    await updateWorkspaceSettings(tx, id, {
      switches: changedSwitches(own.switches ?? {}, given.switches),
      ...(requestLogging == null ? {} : { requestLogging }),
    });
    const after = await findWorkspace(tx, organization_id, id);
    if (after === undefined) throw notFound('workspace');
    const body = view(after, organization);
    return {
      body,
      changed: [{ kind: 'workspace', id }],
      subject: { id, workspaceId: id, before: view(before, organization), after: body },
    };
  },
});

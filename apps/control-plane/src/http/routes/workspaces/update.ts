import * as z from 'zod';
import { notFound } from '../../../access/authorize.ts';
import { changedDefaults } from '../../../domain/workspace-defaults.ts';
import { updateWorkspace } from '../../../store/workspace-changes.ts';
import { findWorkspace } from '../../../store/workspaces.ts';
import { flagField, nameField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { checkedDefaults } from './check-defaults.ts';
import { workspaceFields } from './fields.ts';
import { workspaceOfPath } from './find.ts';
import { workspaceSummary } from './view.ts';

const input = z.object({ ...workspaceFields, name: nameField().optional(), reset_usage: flagField().nullish() });

/** The value given, null as nothing; what is absent stays as it was. */
const changed = <T, Empty>(given: T | null | undefined, before: T, empty: Empty): T | Empty =>
  given === undefined ? before : (given ?? empty);

export const putWorkspace = write({
  method: 'PUT',
  path: '/admin/workspaces/:workspace',
  aliases: ['/workspaces/:workspace'],
  scopes: ['workspaces.update'],
  audit: { resource: 'workspaces', action: 'update' },
  async write(call, tx) {
    const given = readInput(call, input);
    const before = await workspaceOfPath(tx, call, 'workspaces.update', 'lock');
    const { id, organization_id: organizationId } = before;
    const defaults = changedDefaults(before.defaults, given.defaults);
    await updateWorkspace(
      tx,
      id,
      {
        name: given.name ?? before.name,
        icon: changed(given.icon, before.icon, null),
        description: changed(given.description, before.description, null),
        defaults: await checkedDefaults(tx, { organizationId, workspaceId: id }, defaults, before.defaults),
        usageLimits: changed(given.usage_limits, before.usage_limits, []),
        rateLimits: changed(given.rate_limits, before.rate_limits, []),
      },
      given.reset_usage === true ? new Date(call.nowMs) : null,
    );
    const after = await findWorkspace(tx, organizationId, id);
    if (after === undefined) throw notFound('workspace');
    return {
      body: workspaceSummary(after),
      changed: [{ kind: 'workspace', id }],
      subject: { id, workspaceId: id, before: workspaceSummary(before), after: workspaceSummary(after) },
    };
  },
});

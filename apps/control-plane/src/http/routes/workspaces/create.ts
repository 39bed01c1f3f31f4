import * as z from 'zod';
import { authorize, notFound } from '../../../access/authorize.ts';
import { changedDefaults } from '../../../domain/workspace-defaults.ts';
import { createWorkspace as insertWorkspace } from '../../../setup/create-organization.ts';
import { updateWorkspace } from '../../../store/workspace-changes.ts';
import { putWorkspaceMember } from '../../../store/workspace-members.ts';
import { findWorkspace } from '../../../store/workspaces.ts';
import { nameField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { checkMembers, membersOf, newMembersField } from '../workspace-members/new-members.ts';
import { checkedDefaults } from './check-defaults.ts';
import { workspaceFields } from './fields.ts';
import { workspaceSummary } from './view.ts';

const input = z.object({ ...workspaceFields, name: nameField(), users: newMembersField().nullish() });

export const createWorkspace = write({
  method: 'POST',
  path: '/admin/workspaces',
  aliases: ['/workspaces'],
  scopes: ['workspaces.create'],
  audit: { resource: 'workspaces', action: 'create' },
  async write(call, tx, deps) {
    const given = readInput(call, input);
    const organizationId = call.principal.organisationId;
    await authorize(tx, call, ['workspaces.create'], { workspaceId: null, named: 'object' });
    const members = await checkMembers(tx, organizationId, given.users ?? []);
    const id = deps.newId();
    await insertWorkspace(tx, { id, organizationId, name: given.name, isDefault: false }, deps);
    await updateWorkspace(tx, id, {
      name: given.name,
      icon: given.icon ?? null,
      description: given.description ?? null,
      defaults: await checkedDefaults(tx, { organizationId, workspaceId: id }, changedDefaults({}, given.defaults)),
      usageLimits: given.usage_limits ?? [],
      rateLimits: given.rate_limits ?? [],
    });
    for (const member of members) await putWorkspaceMember(tx, id, member);
    const workspace = await findWorkspace(tx, organizationId, id);
    if (workspace === undefined) throw notFound('workspace');
    const body = { ...workspaceSummary(workspace), users: await membersOf(tx, workspace) };
    return {
      body,
      changed: [{ kind: 'workspace', id }],
      subject: { id, workspaceId: id, after: body },
    };
  },
});

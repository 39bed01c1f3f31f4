import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { emailField } from '../../../domain/password.ts';
import { cancelInvite, type InviteRow, insertInvite, listInvites } from '../../../store/invites.ts';
import { listUsers } from '../../../store/users.ts';
import { findWorkspace } from '../../../store/workspaces.ts';
import {
  metadataField,
  nameField,
  organisationRoleField,
  refField,
  timeField,
  workspaceRoleField,
} from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { checkExpiry, checkMetadata, checkScopes } from '../api-keys/check.ts';
import { newLink } from './link.ts';
import { assertMayInvite } from './may-invite.ts';

const WORKSPACES_MAX = 200;
const FIRST = { limit: 1, offset: 0 };

const input = z.object({
  email: emailField(),
  role: organisationRoleField(),
  workspaces: z
    .array(z.strictObject({ id: refField(), role: workspaceRoleField() }))
    .max(WORKSPACES_MAX, `may hold at most ${WORKSPACES_MAX} workspaces`)
    .nullish(),
  workspace_api_key_details: z
    .strictObject({
      name: nameField().nullish(),
      scopes: z.array(z.string().max(128)).min(1, 'must name at least one scope').max(512),
      expiry: timeField().nullish(),
      metadata: metadataField().nullish(),
    })
    .nullish(),
});

type Workspaces = InviteRow['workspaces'];

const readWorkspaces = async (
  sql: Sql,
  organizationId: string,
  given: readonly { readonly id: string; readonly role: Workspaces[number]['role'] }[],
): Promise<Workspaces> => {
  const found = new Map<string, Workspaces[number]>();
  for (const [at, { id, role }] of given.entries()) {
    const workspace = await findWorkspace(sql, organizationId, id);
    if (workspace?.status !== 'active') {
      return refuseInput([{ path: `workspaces.${at}.id`, message: 'There is no such workspace.' }]);
    }
    found.set(workspace.id, { workspace_id: workspace.id, role });
  }
  return [...found.values()];
};

/** Whoever is in already needs no invite, and one open invite is enough. An old one that has run out makes room. */
const assertNew = async (tx: Sql, organizationId: string, email: string, now: Date): Promise<void> => {
  const conflict = (sentence: string) => new PlatformError('conflict', { public: sentence, param: 'email' });
  const users = await listUsers(tx, { organizationId, role: null, email }, FIRST);
  if (users.total > 0) throw conflict('There is a user with this e-mail address already.');
  const filter = { organizationId, role: null, email };
  const pending = await listInvites(tx, { ...filter, status: 'pending' }, now, FIRST);
  if (pending.total > 0) throw conflict('There is an open invite for this e-mail address: resend or delete it.');
  const expired = await listInvites(tx, { ...filter, status: 'expired' }, now, FIRST);
  for (const { id } of expired.rows) await cancelInvite(tx, id);
};

/** The link is for whoever invites to hand on: the platform sends no mail by itself. */
export const createInvite = write({
  method: 'POST',
  path: '/admin/users/invites',
  scopes: ['organisation_users.create'],
  audit: { resource: 'invites', action: 'create' },
  async write(call, tx, deps) {
    const { email, role, workspaces: named, workspace_api_key_details: details } = readInput(call, input);
    const organizationId = call.principal.organisationId;
    const workspaces = await readWorkspaces(tx, organizationId, named ?? []);
    await assertMayInvite(
      tx,
      call,
      role,
      workspaces.map(({ workspace_id }) => workspace_id),
    );
    const now = new Date(call.nowMs);
    await assertNew(tx, organizationId, email, now);
    if (details != null) {
      if (workspaces.length === 0)
        refuseInput([{ path: 'workspaces', message: 'must name the workspaces of the API key' }]);
      for (const { workspace_id: workspaceId } of workspaces) {
        const place = { organizationId, type: 'workspace-user', workspaceId, userId: null } as const;
        await checkScopes(tx, call, place, details.scopes);
        await checkMetadata(tx, place, details.metadata ?? {});
      }
    }
    const expiry = checkExpiry(details?.expiry ?? null, null, call.nowMs);
    const id = deps.newId();
    const { link, tokenDigest, expiresAt } = newLink(deps, call.nowMs);
    await insertInvite(tx, {
      id,
      organizationId,
      email,
      role,
      workspaces,
      apiKeyDetails:
        details == null
          ? null
          : {
              name: details.name ?? null,
              scopes: details.scopes,
              metadata: details.metadata ?? {},
              expires_at: expiry?.toISOString() ?? null,
            },
      tokenDigest,
      invitedBy: call.actor.id,
      createdAt: now,
      expiresAt,
    });
    return {
      body: { id, invite_link: link, object: 'invite' },
      subject: { id, workspaceId: null, after: { email, role, workspaces } },
    };
  },
});

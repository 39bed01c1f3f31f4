import { createApiKey } from '@portolan/api-key';
import type { Sql } from '@portolan/sql';
import type { Deps } from '../deps.ts';
import { secretOfKey } from '../setup/issue-api-key.ts';
import { insertApiKey } from '../store/api-keys.ts';
import { type InviteRow, markInviteAccepted } from '../store/invites.ts';
import { addOrganizationMember } from '../store/organization-members.ts';
import { findWorkspaceMember, putWorkspaceMember } from '../store/workspace-members.ts';
import { findWorkspace } from '../store/workspaces.ts';

/** A key that the invite promised. Shown this once. */
export interface InvitedKey {
  readonly id: string;
  readonly key: string;
  readonly workspaceId: string;
}

/** Makes somebody a member of what it was invited to. Who is there already keeps the role. The invite must be locked. */
export const joinByInvite = async (
  tx: Sql,
  invite: InviteRow,
  userId: string,
  now: Date,
): Promise<readonly string[]> => {
  await addOrganizationMember(tx, invite.organization_id, userId, invite.role);
  const joined: string[] = [];
  for (const { workspace_id: workspaceId, role } of invite.workspaces) {
    const workspace = await findWorkspace(tx, invite.organization_id, workspaceId);
    if (workspace?.status !== 'active') continue;
    joined.push(workspaceId);
    if ((await findWorkspaceMember(tx, workspaceId, userId)) === undefined) {
      await putWorkspaceMember(tx, workspaceId, { userId, role });
    }
  }
  await markInviteAccepted(tx, invite.id, now);
  return joined;
};

/** The keys that were promised, one for each workspace that was joined. */
export const issueInvitedKeys = async (
  tx: Sql,
  { organization_id: organizationId, api_key_details: details, invited_by }: InviteRow,
  userId: string,
  workspaceIds: readonly string[],
  { newId, vault }: Pick<Deps, 'newId' | 'vault'>,
): Promise<readonly InvitedKey[]> => {
  if (details === null) return [];
  const { current } = await vault.peppers();
  const issued: InvitedKey[] = [];
  for (const workspaceId of workspaceIds) {
    const id = newId();
    const key = createApiKey();
    await insertApiKey(tx, {
      id,
      organizationId,
      workspaceId,
      userId,
      type: 'workspace-user',
      name: details.name ?? 'Key of an invite',
      description: null,
      scopes: details.scopes,
      defaultConfigId: null,
      defaultMetadata: details.metadata,
      allowConfigOverride: true,
      usageLimits: null,
      rateLimits: '[]',
      alertEmails: [],
      expiresAt: details.expires_at === null ? null : new Date(details.expires_at),
      rotationPolicy: null,
      nextRotationAt: null,
      creationMode: 'auto',
      by: invited_by ?? userId,
      secret: secretOfKey(key, current, null),
    });
    issued.push({ id, key, workspaceId });
  }
  return issued;
};

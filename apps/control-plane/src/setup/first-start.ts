import type { Secret } from '@portolan/service-kit';
import type { Change } from '../change/changes.ts';
import { recordChanges } from '../change/changes.ts';
import { transactionally } from '../change/run-write.ts';
import type { Deps } from '../deps.ts';
import { createFirstOwner } from './create-first-owner.ts';
import { createOrganization } from './create-organization.ts';
import { keepKey } from './keep-key.ts';

export interface FirstStart {
  /** The name of the tenant that is made when there is none. */
  readonly organizationName: string;
  /** Keys that the operator's settings hold; absent ones are not touched. */
  readonly workspaceKey: string | undefined;
  readonly adminKey: string | undefined;
  /** The first administrator, made while the tenant has no owner. */
  readonly owner?: { readonly email: string; readonly password: Secret } | undefined;
}

/** The first tenant: its slug tells that it is the one which setup made. */
const FIRST_SLUG = 'default';

const WORKSPACE_KEY_NAME = 'Key of the settings';
const ADMIN_KEY_NAME = 'Administrator key of the settings';

/**
 * What has to be there before anybody can do anything: a tenant with a workspace, and the keys of the settings. Any number of
 * instances may do so at once, at every start.
 */
export const prepareFirstStart = async (
  deps: Deps,
  { organizationName, workspaceKey, adminKey, owner }: FirstStart,
): Promise<void> => {
  const peppers = workspaceKey === undefined && adminKey === undefined ? undefined : await deps.vault.peppers();
  await transactionally(deps.db, async (tx) => {
    // One instance at a time: whoever comes second finds everything done.
    await tx.query('select value from revision_counter for update');
    const changed: Change[] = [];
    const [found] = await tx.query('select id from organizations where slug = $1', [FIRST_SLUG]);
    const organizationId = found === undefined ? deps.newId() : String(found.id);
    if (found === undefined) {
      const [any] = await tx.query('select 1 as there from organizations limit 1');
      if (any !== undefined) return;
      const created = await createOrganization(
        tx,
        { id: organizationId, slug: FIRST_SLUG, name: organizationName },
        deps,
      );
      changed.push(...created.changed);
    }
    const [workspace] = await tx.query('select id from workspaces where organization_id = $1 and is_default', [
      organizationId,
    ]);
    if (peppers !== undefined && workspaceKey !== undefined && workspace !== undefined) {
      const kept = {
        name: WORKSPACE_KEY_NAME,
        type: 'workspace-service',
        key: workspaceKey,
        organizationId,
        workspaceId: String(workspace.id),
      } as const;
      changed.push(...(await keepKey(tx, kept, peppers, deps)));
    }
    if (peppers !== undefined && adminKey !== undefined) {
      const kept = {
        name: ADMIN_KEY_NAME,
        type: 'organisation-service',
        key: adminKey,
        organizationId,
        workspaceId: null,
      } as const;
      changed.push(...(await keepKey(tx, kept, peppers, deps)));
    }
    if (changed.length > 0) await recordChanges(tx, changed);
  });
  const [first] = await deps.db.query('select id from organizations where slug = $1', [FIRST_SLUG]);
  if (owner !== undefined && first !== undefined) {
    await createFirstOwner(deps, { organizationId: String(first.id), ...owner });
  }
};

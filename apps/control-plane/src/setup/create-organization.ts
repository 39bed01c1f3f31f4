import type { Sql } from '@portolan/sql';
import type { Change } from '../change/changes.ts';
import type { Deps } from '../deps.ts';
import { withNewSlug } from '../store/new-slug.ts';

/** Labels that every organization has, and nobody can delete. */
const UNIVERSAL_LABELS = ['production', 'staging', 'development'] as const;
const DEFAULT_COLLECTION = 'Default';

export interface NewWorkspace {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly isDefault: boolean;
}

/** A workspace with the collection that its prompts go to. @returns its slug */
export const createWorkspace = async (
  tx: Sql,
  { id, organizationId, name, isDefault }: NewWorkspace,
  deps: Pick<Deps, 'newId' | 'randomBytes'>,
): Promise<string> => {
  const slug = await withNewSlug(tx, 'workspace', name, deps, async (inner, slug) => {
    await inner.query(
      'insert into workspaces (id, organization_id, slug, name, is_default) values ($1, $2, $3, $4, $5)',
      [id, organizationId, slug, name, isDefault],
    );
    return slug;
  });
  await withNewSlug(tx, 'collection', DEFAULT_COLLECTION, deps, (inner, collectionSlug) =>
    inner.query(
      'insert into collections (id, organization_id, workspace_id, slug, name, is_default) values ($1, $2, $3, $4, $5, true)',
      [deps.newId(), organizationId, id, collectionSlug, DEFAULT_COLLECTION],
    ),
  );
  return slug;
};

export interface NewOrganization {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

export interface CreatedOrganization {
  readonly workspaceId: string;
  readonly workspaceSlug: string;
  readonly changed: readonly Change[];
}

/** A tenant with its default workspace and the universal labels. */
export const createOrganization = async (
  tx: Sql,
  { id, slug, name }: NewOrganization,
  deps: Pick<Deps, 'newId' | 'randomBytes'>,
): Promise<CreatedOrganization> => {
  await tx.query('insert into organizations (id, slug, name) values ($1, $2, $3)', [id, slug, name]);
  const workspaceId = deps.newId();
  const workspaceSlug = await createWorkspace(
    tx,
    { id: workspaceId, organizationId: id, name: 'Shared Team', isDefault: true },
    deps,
  );
  for (const label of UNIVERSAL_LABELS) {
    await tx.query('insert into labels (id, organization_id, name, is_universal) values ($1, $2, $3, true)', [
      deps.newId(),
      id,
      label,
    ]);
  }
  return {
    workspaceId,
    workspaceSlug,
    changed: [
      { kind: 'organization', id },
      { kind: 'workspace', id: workspaceId },
    ],
  };
};

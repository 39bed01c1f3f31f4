import { PlatformError } from '@portolan/service-kit';
import { isUniqueViolation, type Sql } from '@portolan/sql';
import type { Deps } from '../deps.ts';
import { withNewSlug } from '../store/new-slug.ts';
import { insertVirtualKey } from '../store/virtual-keys.ts';
import type { Change } from './changes.ts';

/** A handle that an integration gets in a workspace without anybody having asked for more than that it be there. */
export interface DefaultHandle {
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly integration: { readonly id: string; readonly slug: string; readonly name: string };
  /** Chosen by the caller; absent: that of the integration, or a new one when the workspace has that already. */
  readonly slug: string | null | undefined;
  readonly by: string;
}

/** @throws PlatformError 409 when the chosen slug is taken */
export const makeDefaultHandle = async (
  tx: Sql,
  { organizationId, workspaceId, integration, slug, by }: DefaultHandle,
  deps: Pick<Deps, 'newId' | 'randomBytes'>,
): Promise<Change> => {
  const id = deps.newId();
  const insert = (inner: Sql, made: string) =>
    insertVirtualKey(inner, {
      id,
      organizationId,
      workspaceId,
      integrationId: integration.id,
      slug: made,
      name: integration.name,
      note: null,
      usageLimits: null,
      rateLimits: '[]',
      expiresAt: null,
      ownsIntegration: false,
      by,
    });
  try {
    await tx.transaction((inner) => insert(inner, slug ?? integration.slug));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    if (slug != null) {
      throw new PlatformError('conflict', {
        public: `The slug "${slug}" is taken in the workspace.`,
        param: 'default_provider_slug',
      });
    }
    await withNewSlug(tx, 'provider', integration.name, deps, insert);
  }
  return { kind: 'virtual_key', id };
};

import type { SlugEntity } from '@portolan/access-control';
import { PlatformError } from '@portolan/service-kit';
import { isUniqueViolation, type Sql } from '@portolan/sql';
import type { Deps } from '../deps.ts';
import { withNewSlug } from './new-slug.ts';

/**
 * Inserts something under the slug that its maker chose, or under a new one.
 * @returns the slug
 * @throws PlatformError  409 when the chosen one is taken; slugs of what is gone stay taken
 */
export const withSlug = async (
  tx: Sql,
  entity: SlugEntity,
  { name, slug }: { readonly name: string; readonly slug?: string | null | undefined },
  deps: Pick<Deps, 'randomBytes'>,
  insert: (tx: Sql, slug: string) => Promise<void>,
): Promise<string> => {
  if (slug == null) {
    return withNewSlug(tx, entity, name, deps, async (inner, made) => {
      await insert(inner, made);
      return made;
    });
  }
  try {
    await tx.transaction((inner) => insert(inner, slug));
    return slug;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new PlatformError('conflict', { public: `The slug "${slug}" is taken.`, param: 'slug' });
  }
};

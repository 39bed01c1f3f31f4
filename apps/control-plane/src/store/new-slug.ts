import { makeSlug, type SlugEntity } from '@portolan/access-control';
import { isUniqueViolation, type Sql } from '@portolan/sql';
import type { Deps } from '../deps.ts';

const ATTEMPTS = 8;

/** Inserts something under a new slug; under another one when that is taken. */
export const withNewSlug = async <T>(
  tx: Sql,
  entity: SlugEntity,
  name: string,
  { randomBytes }: Pick<Deps, 'randomBytes'>,
  insert: (tx: Sql, slug: string) => Promise<T>,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tx.transaction((inner) => insert(inner, makeSlug(entity, name, randomBytes)));
    } catch (error) {
      if (attempt === ATTEMPTS || !isUniqueViolation(error)) throw error;
    }
  }
};

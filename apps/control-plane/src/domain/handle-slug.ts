import { isChosenSlug } from '@portolan/access-control';
import * as z from 'zod';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A slug that a caller chooses for a handle or an integration. Things are found by slug or id, so it must not look like an id: what
 * is meant for one integration, a new key above all, would go to another.
 */
export const chosenSlugField = () =>
  z
    .string()
    .refine((slug) => slug !== '' && isChosenSlug(slug), {
      error: 'must consist of letters, digits, "_" and "-", at most 255',
    })
    .refine((slug) => !ID.test(slug), { error: 'must not look like an id' });

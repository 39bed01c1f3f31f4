import { isChosenSlug } from '@portolan/access-control';
import * as z from 'zod';

/** A slug that a caller chooses for a handle or an integration. */
export const chosenSlugField = () =>
  z.string().refine((slug) => slug !== '' && isChosenSlug(slug), {
    error: 'must consist of letters, digits, "_" and "-", at most 255',
  });

import { isLabelName } from '@portolan/prompt-template';
import * as z from 'zod';
import { noteField } from '../../fields.ts';

/** A name that can stand behind the `@` of a reference. */
export const labelNameField = () =>
  z.string().refine(isLabelName, {
    error: 'must have letters, digits, _ and - only, and may not be "latest", "default" or a number',
  });

export const labelFields = {
  description: noteField().nullish(),
  color_code: z.string().max(32, 'must have at most 32 characters').nullish(),
};

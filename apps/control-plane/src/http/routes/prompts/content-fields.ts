import { MAX_TEMPLATE_CHARS } from '@portolan/prompt-template';
import * as z from 'zod';
import { flagField, noteField } from '../../fields.ts';

const MAX_JSON_CHARS = 262_144;
const MAX_ITEMS = 256;

const isSmall = (value: unknown): boolean => JSON.stringify(value).length <= MAX_JSON_CHARS;
const TOO_LARGE = `must have at most ${MAX_JSON_CHARS} characters as JSON`;

/** A JSON object that is kept as it is. */
export const jsonObject = () =>
  z.record(z.string(), z.unknown(), { error: 'must be an object' }).refine(isSmall, { error: TOO_LARGE });

const objects = () =>
  z
    .array(z.record(z.string(), z.unknown(), { error: 'must be an object' }), { error: 'must be an array' })
    .max(MAX_ITEMS, `must have at most ${MAX_ITEMS} items`)
    .refine(isSmall, { error: TOO_LARGE });

/** The text of a prompt or of a partial. */
export const templateField = () =>
  z
    .string({ error: 'must be a string' })
    .min(1, 'must not be empty')
    .max(MAX_TEMPLATE_CHARS, `must have at most ${MAX_TEMPLATE_CHARS} characters`)
    .refine((text) => !text.includes('\0'), { error: 'must not have the character U+0000' });

/** What may be said of a version of a prompt. */
export const contentFields = {
  string: templateField().optional(),
  /** Some clients send null with every change that is not about them. */
  parameters: jsonObject()
    .nullish()
    .transform((given) => given ?? undefined),
  model: z.string().max(255, 'must have at most 255 characters').nullish(),
  virtual_key: z.string().max(255, 'must have at most 255 characters').nullish(),
  functions: objects().nullish(),
  tools: objects().nullish(),
  tool_choice: z.union([z.string().max(64), jsonObject()], { error: 'must be an object or a string' }).nullish(),
  template_metadata: jsonObject().nullish(),
  is_raw_template: flagField().optional(),
  version_description: noteField().nullish(),
};

/** A number of a version, as `makeDefault` takes it. */
export const versionNumberField = () =>
  z.number({ error: 'must be a number' }).int('must be a whole number').min(1, 'must be at least 1').max(2_147_483_647);

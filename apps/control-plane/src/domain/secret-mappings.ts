import * as z from 'zod';

const MAPPINGS_MAX = 50;

const mapping = z.strictObject({
  target_field: z
    .string()
    .regex(/^(key|(configurations|model_config)\.[A-Za-z0-9_]{1,64})$/, 'must be "key", or a field of the settings'),
  secret_reference_id: z.string().min(1).max(255),
  secret_key: z.string().max(255).nullish(),
  value_format: z.enum(['string', 'json']).nullish(),
});

/** Fields of a credential that are kept in a secret store of the customer; each field once. */
export const secretMappingsField = () =>
  z
    .array(mapping)
    .max(MAPPINGS_MAX, `may hold at most ${MAPPINGS_MAX} mappings`)
    .refine((all) => new Set(all.map(({ target_field }) => target_field)).size === all.length, {
      error: 'names a target_field twice',
    })
    .nullish();

import * as z from 'zod';
import { secretMappingsField } from '../../../domain/secret-mappings.ts';
import { noteField } from '../../fields.ts';

const JSON_MAX_CHARS = 16_384;

const smallObject = () =>
  z
    .record(z.string(), z.unknown(), { error: 'must be an object' })
    .refine((value) => JSON.stringify(value).length <= JSON_MAX_CHARS, {
      error: `must have at most ${JSON_MAX_CHARS} characters`,
    });

/** What an integration is created with and what can be changed of it. */
export const integrationFields = {
  description: noteField().nullish(),
  key: z.string({ error: 'must be a string' }).nullish(),
  configurations: z.record(z.string(), z.unknown(), { error: 'must be an object' }).nullish(),
  secret_mappings: secretMappingsField(),
  pricing_adjustments: smallObject().nullish(),
  tags: smallObject().nullish(),
};

/** What the audit log keeps of a body with a credential in it: everything else may be a secret under a misspelled name. */
export const AUDITED: readonly string[] = [
  'name',
  'ai_provider_id',
  'slug',
  'description',
  'workspace_id',
  'create_default_provider',
  'default_provider_slug',
  'secret_mappings',
  'pricing_adjustments',
  'tags',
  'key_transition_period_ms',
];

/** The prefix of settings in paths of problems. */
export const CONFIGURATIONS = 'configurations.';

import * as z from 'zod';
import { rotationPolicyField } from '../../../domain/api-key-rotation.ts';
import { HANDLE_USAGE_RULE, KEY_RATE_UNITS, rateLimitsField, usageLimitsField } from '../../../domain/limits.ts';
import { flagField, metadataField, nameField, noteField, refField, timeField } from '../../fields.ts';

const SCOPES_MAX = 512;
const EMAILS_MAX = 50;

const scopesField = () =>
  z
    .array(z.string().max(128), { error: 'must be an array of scopes' })
    .min(1, 'must name at least one scope')
    .max(SCOPES_MAX, `may name at most ${SCOPES_MAX} scopes`)
    .transform((scopes) => [...new Set(scopes)]);

const defaultsField = () =>
  z.strictObject({
    metadata: metadataField().nullish(),
    config_id: refField().nullish(),
    allow_config_override: flagField().nullish(),
  });

/** What a key is created with and what can be changed of it; all of it may be missing. */
export const apiKeyFields = {
  name: nameField().optional(),
  description: noteField().nullish(),
  scopes: scopesField().optional(),
  usage_limits: usageLimitsField(HANDLE_USAGE_RULE),
  rate_limits: rateLimitsField({ units: KEY_RATE_UNITS }),
  defaults: defaultsField().nullish(),
  alert_emails: z
    .array(z.email('must be an e-mail address'))
    .max(EMAILS_MAX, `may hold at most ${EMAILS_MAX} addresses`)
    .nullish(),
  expires_at: timeField().nullish(),
  rotation_policy: rotationPolicyField().nullish(),
};

const schema = z.object(apiKeyFields);

export type ApiKeyInput = z.output<typeof schema>;

import type { JsonObject } from '../../../domain/json.ts';
import type { Call } from '../../call.ts';

/** What the audit log keeps of such a body: everything else may be a secret under a misspelled name. */
export const AUDITED: readonly string[] = [
  'name',
  'provider',
  'note',
  'slug',
  'workspace_id',
  'usage_limits',
  'rate_limits',
  'expires_at',
  'reset_usage',
  'key_transition_period_ms',
];

/** What answers have and clients send back, though nobody can set it. */
const ECHOED: ReadonlySet<string> = new Set([
  'id',
  'slug',
  'status',
  'object',
  'type',
  'organisation_id',
  'organization_id',
  'integration_id',
  'ai_provider_name',
  'masked_api_key',
  'model_config',
  'created_at',
  'last_updated_at',
]);

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * A body whose settings of a provider stand flat beside everything else, taken apart.
 * @param own  the fields that are no settings
 */
export const splitFlatBody = (
  { body }: Pick<Call, 'body'>,
  own: readonly string[],
): { readonly body: JsonObject; readonly settings: JsonObject } => {
  const isOwn = ([name]: readonly [string, unknown]): boolean =>
    [name, snake(name)].some((spelled) => own.includes(spelled) || ECHOED.has(spelled));
  const entries = Object.entries(body);
  return {
    body: Object.fromEntries(entries.filter(isOwn)),
    settings: Object.fromEntries(entries.filter((entry) => !isOwn(entry))),
  };
};

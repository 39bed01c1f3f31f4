import type { Scope } from '@portolan/access-control';
import type { JsonObject } from '../../../domain/json.ts';

/** Clients tell what they think with the keys that they call with. */
export const FEEDBACK_SCOPES: readonly [Scope, ...Scope[]] = ['logs.write', 'feedbacks.write', 'completions.write'];

/** One client's types name the first id alone. */
export const savedFeedback = (what: 'saved' | 'updated', ids: readonly string[]): JsonObject => ({
  status: 'success',
  message: `Feedback successfully ${what}`,
  feedback_ids: ids,
  feedback_id: ids[0],
});

import { type JsonObject, stringAt } from '../spec/json.ts';
import type { Findings } from './findings.ts';

/** The longest user id that the provider takes, in characters. */
const MAX_USER_ID_CHARS = 512;

/** The end user's id where the provider wants it. */
export const userMetadata = (body: JsonObject, { notices }: Findings): JsonObject => {
  const param = stringAt(body, 'user') === undefined ? 'safety_identifier' : 'user';
  const id = stringAt(body, param);
  if (id === undefined) return {};
  if (id.length > MAX_USER_ID_CHARS) {
    notices.push({ kind: 'clamped', param, reason: `at most ${MAX_USER_ID_CHARS} characters` });
  }
  return { metadata: { user_id: id.slice(0, MAX_USER_ID_CHARS) } };
};

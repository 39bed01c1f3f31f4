import { API_KEY_TYPES, type ApiKeyType, apiKeyTypeOf } from '@portolan/access-control';

/** What clients put into a path or a body where their user gave nothing. */
const NOTHING: ReadonlySet<string> = new Set(['', 'NOT_GIVEN', 'undefined', 'null', 'None']);

const given = (text: string | null | undefined): string | undefined =>
  text == null || NOTHING.has(text) ? undefined : text;

const isType = (text: string): text is ApiKeyType => Object.hasOwn(API_KEY_TYPES, text);

export type ReadKeyType =
  | { readonly type: ApiKeyType }
  | { readonly problem: { readonly path: string; readonly message: string } };

const problem = (path: string, message: string): ReadKeyType => ({ problem: { path, message } });

/**
 * The type of a key to be made, from the two segments of a path or the two fields of a body. Without a sub-type it is a service;
 * the whole type may also stand in one (`workspace-service`), and `organization` is understood.
 */
export const readKeyType = (type: string | null | undefined, subType: string | null | undefined): ReadKeyType => {
  const first = given(type)?.toLowerCase().replace('organization', 'organisation');
  if (first === undefined) return problem('type', 'is required: "organisation" or "workspace"');
  if (isType(first)) return { type: first };
  if (first !== 'organisation' && first !== 'workspace') {
    return problem('type', 'must be "organisation" or "workspace"');
  }
  const found = apiKeyTypeOf(first, given(subType)?.toLowerCase() ?? 'service');
  if (found !== undefined) return { type: found };
  return problem(
    'sub-type',
    first === 'workspace' ? 'must be "service" or "user"' : 'must be "service": an organisation has no user keys',
  );
};

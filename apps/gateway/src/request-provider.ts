import type { JsonObject } from '@portolan/providers';

/** Workers AI and Hugging Face name models with a leading `@` too. */
const MODEL_NAMES = /^@(cf|hf)\//;

/** `@team-a/gpt-4o` -> `team-a`; undefined for a plain model name. */
export const modelSlug = (model: string | undefined): string | undefined => {
  if (model === undefined || !model.startsWith('@') || MODEL_NAMES.test(model)) return undefined;
  const slash = model.indexOf('/');
  return slash > 1 ? model.slice(1, slash) : undefined;
};

/** The body with a leading `@slug/` taken off its model; the very same object when there is none. */
export const withoutModelSlug = (body: JsonObject): JsonObject => {
  const { model } = body;
  if (typeof model !== 'string' || modelSlug(model) === undefined) return body;
  return { ...body, model: model.slice(model.indexOf('/') + 1) };
};

/** Model names of Workers AI begin with these; they are no vault slugs. */
const NOT_SLUGS = new Set(['cf', 'hf']);

/**
 * Takes a vault slug off a model name: `@team-a/gpt-4o` is `gpt-4o` of the vault entry `team-a`.
 * @returns  the name unchanged and no slug when it does not begin with `@slug/`, or with `@cf/` or `@hf/`
 */
export const splitModel = (name: string): { readonly slug?: string; readonly model: string } => {
  const slash = name.indexOf('/');
  if (!name.startsWith('@') || slash < 2) return { model: name };
  const slug = name.slice(1, slash);
  return NOT_SLUGS.has(slug) ? { model: name } : { slug, model: name.slice(slash + 1) };
};

/** The slug of a provider value `@slug` (a rest after `/` is not part of it); undefined for a plain provider name. */
export const slugOfProvider = (provider: string): string | undefined => {
  if (!provider.startsWith('@')) return undefined;
  const slug = provider.slice(1).split('/', 1)[0];
  return slug === '' ? undefined : slug;
};

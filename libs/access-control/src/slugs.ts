/** How slugs begin, how much of the name they keep, and what stands for a name that leaves nothing. */
const SLUG_FORMS = {
  config: { prefix: 'pc-', nameChars: 6, fallback: 'config' },
  prompt: { prefix: 'pp-', nameChars: 7, fallback: 'prompt' },
  partial: { prefix: 'pp-', nameChars: 7, fallback: 'partial' },
  workspace: { prefix: 'ws-', nameChars: 6, fallback: 'space' },
  guardrail: { prefix: 'pg-', nameChars: 6, fallback: 'guard' },
  'virtual-key': { prefix: '', nameChars: 64, fallback: 'key' },
  provider: { prefix: '', nameChars: 64, fallback: 'provider' },
  integration: { prefix: '', nameChars: 64, fallback: 'integration' },
  collection: { prefix: '', nameChars: 64, fallback: 'collection' },
} as const;

export type SlugEntity = keyof typeof SLUG_FORMS;

/** So many random bytes, as `crypto.getRandomValues` or `randomBytes` give them. */
export type RandomBytes = (count: number) => Uint8Array;

const SUFFIX_BYTES = 3;
const MAX_CHOSEN_CHARS = 255;

const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A name in small letters, digits and single hyphens: accents are dropped, other scripts leave nothing. */
const slugify = (name: string, maxChars: number): string =>
  name
    .slice(0, 4 * MAX_CHOSEN_CHARS)
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, maxChars)
    .replace(/-$/, '');

/**
 * A new slug for something with this name: prefix, the beginning of the name and 6 random hexadecimal digits, such as `pc-pplx-c-ca7a87`.
 * Two can be equal (24 random bits): whoever stores it tries again when it is taken.
 */
export const makeSlug = (entity: SlugEntity, name: string, randomBytes: RandomBytes): string => {
  const { prefix, nameChars, fallback } = SLUG_FORMS[entity];
  return `${prefix}${slugify(name, nameChars) || fallback}-${toHex(randomBytes(SUFFIX_BYTES))}`;
};

/** Whether a caller may choose this slug itself (providers and integrations): letters, digits, `_` and `-`, at most 255. */
export const isChosenSlug = (text: string): boolean => text.length <= MAX_CHOSEN_CHARS && /^[a-zA-Z0-9_-]+$/.test(text);

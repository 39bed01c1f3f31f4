/** Which version of a prompt is meant. */
export type VersionSelector =
  | { readonly kind: 'published' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'label'; readonly label: string };

export interface PromptReference {
  /** A slug (`pp-…`), or the uuid of a prompt, which is accepted wherever a slug is. */
  readonly prompt: string;
  readonly isUuid: boolean;
  readonly version: VersionSelector;
}

const NAME = /^[A-Za-z0-9_-]{1,255}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DIGITS = /^\d+$/;
const MAX_VERSION = 2_147_483_647;
/** Checked first: the pattern below tries every way to split a name. */
const MAX_LABEL_CHARS = 128;
const LABEL = /^(?!latest$)(?!default$)(?!\d+$)[a-zA-Z0-9_-]*[^@\s]?[a-zA-Z0-9_-]*$/;

/**
 * Whether a label may have this name: letters, digits, `_` and `-` with at most one other character that is neither `@` nor a
 * space; not `latest`, not `default`, not digits only; 1 to 128 characters.
 */
export const isLabelName = (name: string): boolean =>
  name.length > 0 && name.length <= MAX_LABEL_CHARS && LABEL.test(name);

const readSelector = (text: string | undefined): VersionSelector | undefined => {
  if (text === undefined) return { kind: 'published' };
  if (text === 'latest') return { kind: 'latest' };
  if (DIGITS.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= MAX_VERSION ? { kind: 'number', number } : undefined;
  }
  return isLabelName(text) ? { kind: 'label', label: text } : undefined;
};

/**
 * `pp-x`, `pp-x@12`, `pp-x@latest`, `pp-x@<label>`, or the same with a prompt's uuid.
 * @returns undefined for anything else: such a prompt does not exist
 */
export const parseReference = (text: string): PromptReference | undefined => {
  const at = text.indexOf('@');
  const prompt = at === -1 ? text : text.slice(0, at);
  const version = readSelector(at === -1 ? undefined : text.slice(at + 1));
  if (version === undefined || !NAME.test(prompt)) return undefined;
  return { prompt, isUuid: UUID.test(prompt), version };
};

/** As `parseReference`, for what stands in `{{>…}}`: partials carry no labels. */
export const parsePartialReference = (text: string): PromptReference | undefined => {
  const reference = parseReference(text);
  return reference?.version.kind === 'label' ? undefined : reference;
};

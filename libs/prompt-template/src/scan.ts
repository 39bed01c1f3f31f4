import { PromptError } from './errors.ts';

/** One piece of a template in the order of the text. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: TagKind; readonly name: string };

/** `value` covers `{{x}}`, `{{{x}}}` and `{{&x}}`: nothing is ever escaped for HTML. */
export type TagKind = 'value' | 'section' | 'inverted' | 'close' | 'partial' | 'comment' | 'delimiters';

interface Delimiters {
  readonly open: string;
  readonly close: string;
}

const SIGILS: Readonly<Record<string, TagKind>> = {
  '#': 'section',
  '^': 'inverted',
  '/': 'close',
  '>': 'partial',
  '!': 'comment',
  '=': 'delimiters',
  '&': 'value',
  '{': 'value',
};

/** What must stand before the closing delimiter, by sigil. */
const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '=': '=' };

const MAX_NAME_CHARS = 255;
const BLANK = /^\s*$/;

const firstNonBlank = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && BLANK.test(text.charAt(at))) at += 1;
  return at;
};

const readDelimiters = (text: string): Delimiters => {
  const [open, close, ...rest] = text.split(/\s+/);
  if (!open || !close || rest.length > 0) throw new PromptError('template', 'Invalid tags');
  return { open, close };
};

/** Text cut behind every line end, so that a line can be looked at alone. */
const splitLines = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+/g) ?? [];

/**
 * A line that holds tags without output and blanks, and nothing else, leaves no trace in the result; what stands before a partial
 * stays, as its indentation.
 */
const dropLoneLines = (tokens: readonly Token[]): readonly Token[] => {
  const dropped = new Set<number>();
  let blanks: number[] = [];
  let hasTag = false;
  let hasOutput = false;
  const endLine = (): void => {
    if (hasTag && !hasOutput) for (const at of blanks) dropped.add(at);
    blanks = [];
    hasTag = false;
    hasOutput = false;
  };
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'text') {
      hasTag = true;
      hasOutput ||= token.kind === 'value';
      if (token.kind === 'partial') blanks = [];
      continue;
    }
    if (BLANK.test(token.text)) blanks.push(at);
    else hasOutput = true;
    if (token.text.endsWith('\n')) endLine();
  }
  endLine();
  return tokens.filter((_, at) => !dropped.has(at));
};

/**
 * A template's text and tags, in one pass over it.
 * @throws PromptError  `template`: a tag that does not end, or a name of more than 255 characters
 */
export const scan = (template: string): readonly Token[] => {
  const tokens: Token[] = [];
  let delimiters: Delimiters = { open: '{{', close: '}}' };
  let at = 0;
  const pushText = (text: string): void => {
    for (const line of splitLines(text)) tokens.push({ kind: 'text', text: line });
  };
  while (at < template.length) {
    const start = template.indexOf(delimiters.open, at);
    if (start === -1) break;
    pushText(template.slice(at, start));
    const inside = firstNonBlank(template, start + delimiters.open.length);
    const sigil = template.charAt(inside);
    const kind = Object.hasOwn(SIGILS, sigil) ? SIGILS[sigil] : undefined;
    const closer = (CLOSERS[sigil] ?? '') + delimiters.close;
    const from = kind === undefined ? inside : inside + 1;
    const end = template.indexOf(closer, from);
    if (end === -1) throw new PromptError('template', `Unclosed tag at ${start}`);
    const name = kind === 'comment' ? '' : template.slice(from, end).trim();
    if (name.length > MAX_NAME_CHARS) throw new PromptError('template', `Too long a name at ${start}`);
    tokens.push({ kind: kind ?? 'value', name });
    if (kind === 'delimiters') delimiters = readDelimiters(name);
    at = end + closer.length;
  }
  pushText(template.slice(at));
  return dropLoneLines(tokens);
};

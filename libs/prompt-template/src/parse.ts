import { PromptError } from './errors.ts';
import { scan, type Token } from './scan.ts';

/** A template as a tree. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'section'; readonly name: string; readonly inverted: boolean; readonly children: readonly Node[] }
  /** `{{>slug}}`, or `{{>>name}}`, where the value of a variable is the slug. */
  | { readonly kind: 'partial'; readonly name: string; readonly isVariable: boolean };

/** A template may have this many characters. */
export const MAX_TEMPLATE_CHARS = 1_000_000;
/** Sections may stand in each other this deep. */
export const MAX_SECTION_DEPTH = 32;

interface OpenSection {
  readonly name: string;
  readonly inverted: boolean;
  readonly children: Node[];
}

const VARIABLE_SIGIL = '>';

const toPartial = (name: string): Node =>
  name.startsWith(VARIABLE_SIGIL)
    ? { kind: 'partial', name: name.slice(VARIABLE_SIGIL.length).trim(), isVariable: true }
    : { kind: 'partial', name, isVariable: false };

const toLeaf = (token: Token): Node | undefined => {
  if (token.kind === 'text') return token;
  if (token.kind === 'value') return { kind: 'value', name: token.name };
  return token.kind === 'partial' ? toPartial(token.name) : undefined;
};

/** Texts that follow each other become one. */
const append = (children: Node[], leaf: Node): void => {
  const last = children.at(-1);
  if (leaf.kind === 'text' && last?.kind === 'text') {
    children[children.length - 1] = { kind: 'text', text: last.text + leaf.text };
  } else {
    children.push(leaf);
  }
};

/**
 * The tree of a Mustache template.
 * @throws PromptError  `template`: a tag or section that does not end, one that was never opened, or a template beyond the limits
 */
export const parseTemplate = (template: string): readonly Node[] => {
  if (template.length > MAX_TEMPLATE_CHARS) {
    throw new PromptError('template', `more than ${MAX_TEMPLATE_CHARS} characters`);
  }
  const root: Node[] = [];
  const open: OpenSection[] = [];
  for (const token of scan(template)) {
    const children = open.at(-1)?.children ?? root;
    if (token.kind === 'section' || token.kind === 'inverted') {
      if (open.length === MAX_SECTION_DEPTH) {
        throw new PromptError('template', `sections deeper than ${MAX_SECTION_DEPTH}`);
      }
      const section: OpenSection = { name: token.name, inverted: token.kind === 'inverted', children: [] };
      children.push({ kind: 'section', ...section });
      open.push(section);
    } else if (token.kind === 'close') {
      const section = open.pop();
      if (section === undefined) throw new PromptError('template', `Unopened section "${token.name}"`);
      if (section.name !== token.name) throw new PromptError('template', `Unclosed section "${section.name}"`);
    } else {
      const leaf = toLeaf(token);
      if (leaf !== undefined) append(children, leaf);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw new PromptError('template', `Unclosed section "${unclosed.name}"`);
  return root;
};

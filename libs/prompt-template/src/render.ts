import { PromptError } from './errors.ts';
import { type Node, parseTemplate } from './parse.ts';
import { isTruthy, lookUp, namedPartial, toText, type Variables } from './values.ts';

/** `chat`: the template is a JSON array of messages as text. `text`: it is the prompt itself. */
export type PromptKind = 'chat' | 'text';

export interface RenderOptions {
  readonly variables: Variables;
  /** Text of every partial by its reference as written, or as the variable holds it (see `partialReferences`). */
  readonly partials: ReadonlyMap<string, string>;
  readonly kind: PromptKind;
}

export type Rendered =
  | { readonly kind: 'chat'; readonly messages: readonly unknown[] }
  | { readonly kind: 'text'; readonly prompt: string };

/** A rendered template may have this many characters, before it is parsed. */
export const MAX_RENDERED_CHARS = 8_000_000;
/**
 * So many scopes may be looked at in all, for every tag and text of every element of a list: nested lists multiply without writing
 * anything.
 */
export const MAX_RENDER_STEPS = 1_000_000;

/** What one rendering has used up so far, its partials included. */
interface Budget {
  chars: number;
  steps: number;
}

/** The values in scope, innermost last. */
type Scope = readonly unknown[];
type PartialNode = Node & { readonly kind: 'partial' };
type SectionNode = Node & { readonly kind: 'section' };
type PartialText = (node: PartialNode) => string;

const step = (scope: Scope, budget: Budget): void => {
  budget.steps += scope.length;
  if (budget.steps > MAX_RENDER_STEPS) throw new PromptError('template', `more than ${MAX_RENDER_STEPS} steps`);
};

const written = (text: string, budget: Budget): string => {
  budget.chars += text.length;
  if (budget.chars > MAX_RENDERED_CHARS) {
    throw new PromptError('template', `more than ${MAX_RENDERED_CHARS} characters rendered`);
  }
  return text;
};

/** The scopes in which a section's content is rendered: none, one, or one for every element of a list. */
const scopesOf = (node: SectionNode, scope: Scope): readonly Scope[] => {
  const value = lookUp(scope, node.name);
  if (node.inverted) return isTruthy(value) ? [] : [scope];
  if (!isTruthy(value)) return [];
  if (Array.isArray(value)) return value.map((element) => [...scope, element]);
  return [value === true ? scope : [...scope, value]];
};

const renderNodes = (nodes: readonly Node[], scope: Scope, partialText: PartialText, budget: Budget): string => {
  let out = '';
  for (const node of nodes) {
    step(scope, budget);
    if (node.kind === 'text') out += written(node.text, budget);
    else if (node.kind === 'value') out += written(toText(lookUp(scope, node.name)), budget);
    else if (node.kind === 'partial') out += written(partialText(node), budget);
    else {
      for (const inner of scopesOf(node, scope)) {
        step(scope, budget);
        out += renderNodes(node.children, inner, partialText, budget);
      }
    }
  }
  return out;
};

const escapeForJson = (text: string): string => JSON.stringify(text).slice(1, -1);
const keep = (text: string): string => text;

const escapeStrings = (variables: Variables): Variables =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? escapeForJson(value) : value]),
  );

const referenceOf = ({ isVariable, name }: PartialNode, variables: Variables): string => {
  const reference = isVariable ? namedPartial(variables, name) : name;
  if (reference === undefined) throw new PromptError('missing_variable_partials', name);
  return reference;
};

/**
 * Text of partials, each rendered once. A partial sees the variables of the call and no other partial, and its result is final: a tag
 * inside of a value is never looked at again.
 */
const partialRenderer = (
  { variables, partials }: RenderOptions,
  scope: Scope,
  toPiece: (text: string) => string,
  budget: Budget,
): PartialText => {
  const rendered = new Map<string, string>();
  const nothing: PartialText = () => '';
  return (node) => {
    const reference = referenceOf(node, variables);
    const known = rendered.get(reference);
    if (known !== undefined) return known;
    const template = partials.get(reference);
    if (template === undefined) throw new PromptError('missing_partials', reference);
    const text = toPiece(renderNodes(parseTemplate(template), scope, nothing, budget));
    rendered.set(reference, text);
    return text;
  };
};

const parseMessages = (text: string): readonly unknown[] => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new PromptError('template', 'the rendered template is not valid JSON');
  }
  if (!Array.isArray(parsed)) throw new PromptError('template', 'the rendered template is not a list of messages');
  return parsed;
};

/**
 * A prompt template with its variables filled in.
 *
 * In a chat template every string variable is escaped for JSON first, so that quotes and line ends come out in the messages as they
 * went in. Strings inside of lists and objects are not, and values that reach the result through a partial are escaped twice: both
 * are what the clients' prompts were written for. In a text template nothing is escaped. A missing variable is empty text.
 * Templates whose sections wrap whole JSON objects and templates that are JSON before rendering take this same road.
 *
 * @throws PromptError  `template` for a template that cannot be parsed, whose result is no JSON array, or that goes beyond the limits;
 *                      `missing_partials` for a partial that was not supplied and is needed
 */
export const render = (template: string, options: RenderOptions): Rendered => {
  const budget: Budget = { chars: 0, steps: 0 };
  const isChat = options.kind === 'chat';
  const scope: Scope = [isChat ? escapeStrings(options.variables) : options.variables];
  const partialText = partialRenderer(options, scope, isChat ? escapeForJson : keep, budget);
  const text = renderNodes(parseTemplate(template), scope, partialText, budget);
  return isChat ? { kind: 'chat', messages: parseMessages(text) } : { kind: 'text', prompt: text };
};

import { leaves, type RouteLeaf, type RouteNode } from '@portolan/config-schema';
import { PromptError } from '@portolan/prompt-template';
import type { JsonObject } from '@portolan/providers';
import { invalidConfig } from '../config-reader.ts';
import type { Search } from '../look-twice.ts';
import type { Workspace } from '../ports/workspace.ts';
import { type FilledPrompt, fillPrompt, toPlatformError } from './fill-prompt.ts';

/** The prompts of one call, filled in. */
export interface CallPrompts {
  /** The one that the path names. */
  readonly main: FilledPrompt;
  /** Those that targets name instead, by the target's path. */
  readonly byPath: ReadonlyMap<string, FilledPrompt>;
}

/** A config's tree for a call of a prompt, and the prompts of its targets. */
export interface PromptRoute {
  readonly kind: FilledPrompt['kind'];
  readonly route: RouteNode;
  readonly prompts: CallPrompts;
}

/** The prompt that a target of a call is asked with. */
export const promptOf = (prompts: CallPrompts | undefined, path: string): FilledPrompt | undefined =>
  prompts?.byPath.get(path) ?? prompts?.main;

/** Only a call of a prompt has variables for another one. @throws PlatformError (400) */
export const refusePromptIds = (route: RouteNode): void => {
  if (namesPrompts(route)) throw invalidConfig(new PromptError('prompt_id_outside_prompts').message);
};

/** Routes are immutable and seen again on every call. */
const named = new WeakMap<RouteNode, boolean>();

const namesPrompts = (route: RouteNode): boolean => {
  const known = named.get(route);
  if (known !== undefined) return known;
  const found = leaves(route).some(({ target }) => target.promptId !== undefined);
  named.set(route, found);
  return found;
};

/**
 * Gives every target its prompt, and the virtual key of that prompt where the target names nobody to call.
 * @param reference  of the prompt in the path
 * @throws PlatformError (400)
 */
export const routePrompts = (
  workspace: Workspace,
  reference: string,
  call: JsonObject,
  route: RouteNode,
): Search<PromptRoute> => {
  const main = fillPrompt(workspace, reference, call);
  if (main.kind === 'missed') return main;
  const byPath = new Map<string, FilledPrompt>();
  const filled = new Map<string, FilledPrompt>();
  const lost: string[] = [];
  for (const { path, target } of namesPrompts(route) ? leaves(route) : []) {
    if (target.promptId === undefined) continue;
    const known = filled.get(target.promptId);
    const search = known === undefined ? fillPrompt(workspace, target.promptId, call) : undefined;
    const prompt = known ?? (search?.kind === 'found' ? search.value : undefined);
    if (search?.kind === 'missed' && search.error.type !== 'prompt_not_found') return search;
    if (prompt === undefined) lost.push(target.promptId);
    else {
      filled.set(target.promptId, prompt);
      byPath.set(path, prompt);
    }
  }
  if (lost.length > 0) {
    const error = toPlatformError(new PromptError('prompt_ids_not_valid', ...new Set(lost)));
    return { kind: 'missed', missed: `prompts ${lost.join()}`, error };
  }
  const prompts = { main: main.value, byPath };
  return {
    kind: 'found',
    value: { kind: onlyKind(route, prompts), route: withVirtualKeys(route, prompts), prompts },
  };
};

/** One call is one kind of request: messages, or a text. @throws PlatformError (400) for both */
const onlyKind = (route: RouteNode, prompts: CallPrompts): FilledPrompt['kind'] => {
  const kinds = new Set(leaves(route).map(({ path }) => promptOf(prompts, path)?.kind ?? prompts.main.kind));
  const [kind = prompts.main.kind] = kinds;
  if (kinds.size > 1) throw invalidConfig('All prompts of one config must be of one model type');
  return kind;
};

const withVirtualKeys = (node: RouteNode, prompts: CallPrompts): RouteNode =>
  node.kind === 'group'
    ? { ...node, children: node.children.map((child) => withVirtualKeys(child, prompts)) }
    : withVirtualKey(node, promptOf(prompts, node.path)?.virtualKey);

const withVirtualKey = (leaf: RouteLeaf, slug: string | undefined): RouteLeaf => {
  const { target } = leaf;
  const namesSomebody = target.slug !== undefined || target.provider !== undefined || target.passthrough;
  return namesSomebody || slug === undefined ? leaf : { ...leaf, target: { ...target, slug } };
};

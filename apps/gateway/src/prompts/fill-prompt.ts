import {
  buildRequest,
  type Components,
  components,
  PromptError,
  type PromptRequest,
  type PromptVersion,
  parsePartialReference,
  parseReference,
  partialReferences,
  variablesOf,
} from '@portolan/prompt-template';
import { isObject, type JsonObject } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import type { Search } from '../look-twice.ts';
import type { Workspace } from '../ports/workspace.ts';

/** A prompt with its variables filled in: the request that it becomes. */
export interface FilledPrompt {
  readonly kind: PromptRequest['kind'];
  readonly body: JsonObject;
  readonly tags: PromptRequest['tags'];
  /** Slug of the virtual key it was saved for. */
  readonly virtualKey: string | undefined;
}

/** What a template needs is found out once for each version. */
const known = new WeakMap<PromptVersion, Components>();

/**
 * Fills a prompt of a workspace in.
 * @param reference  as a path or a config has it
 * @param call       the caller's body: variables, and parameters that replace the saved ones
 * @throws PlatformError (400) for variables, partials or a template that make no request
 */
export const fillPrompt = (workspace: Workspace, reference: string, call: JsonObject): Search<FilledPrompt> => {
  const parsed = parseReference(reference);
  const prompt = parsed && workspace.prompt(parsed);
  if (prompt === undefined) return missed(reference, new PromptError('prompt_not_found'));
  const { version, virtualKey } = prompt;
  return inOurWords((): Search<FilledPrompt> => {
    const texts = new Map<string, string>();
    const lost: string[] = [];
    for (const each of partialReferences(componentsOf(version), variablesOf(call))) {
      const named = parsePartialReference(each);
      const text = named && workspace.partial(named);
      if (text === undefined) lost.push(each);
      else texts.set(each, text);
    }
    if (lost.length > 0) return missed(lost.join(), new PromptError('missing_partials', ...lost));
    const { kind, body, tags } = buildRequest(version, call, texts);
    if (!isObject(body)) throw new Error('a request is an object');
    return { kind: 'found', value: { kind, body, tags, virtualKey } };
  });
};

const componentsOf = (version: PromptVersion): Components => {
  const found = known.get(version) ?? components(version.template);
  known.set(version, found);
  return found;
};

const missed = (what: string, error: PromptError): Search<never> => ({
  kind: 'missed',
  missed: `prompt ${what}`,
  error: toPlatformError(error),
});

const inOurWords = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw error instanceof PromptError ? toPlatformError(error) : error;
  }
};

/** The library's sentences are what clients match on. */
export const toPlatformError = ({ code, message, cause }: PromptError): PlatformError =>
  new PlatformError(code === 'prompt_not_found' ? 'prompt_not_found' : 'invalid_prompt', { public: message, cause });

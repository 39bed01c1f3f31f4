import { components, partialReferences } from './components.ts';
import { PromptError } from './errors.ts';
import { type PromptKind, render } from './render.ts';
import { isObject, type Variables } from './values.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** A prompt version as far as a request is made from it. Undefined parts were never saved. */
export interface PromptVersion {
  readonly promptId: string;
  readonly versionId: string;
  readonly slug: string;
  readonly template: string;
  /** By the type of its model. */
  readonly kind: PromptKind;
  readonly parameters: JsonObject;
  readonly model?: string | undefined;
  readonly tools?: unknown;
  readonly functions?: unknown;
  readonly toolChoice?: unknown;
  /** Model name to send instead of any other, for Azure deployments. */
  readonly azureAlias?: string | undefined;
}

/** The body of a call of a prompt: `variables`, and any parameter of the model beside it. */
export type PromptCall = JsonObject;

/** What goes upstream, less the credentials. */
export interface PromptRequest {
  readonly kind: PromptKind;
  readonly body: JsonObject;
  /** How the call is found again in the logs. */
  readonly tags: { readonly prompt_id: string; readonly prompt_version_id: string; readonly prompt_slug: string };
}

/**
 * The variables of a call; none when the body has none.
 * @throws PromptError  `variables` when they are no object
 */
export const variablesOf = (call: PromptCall): Variables => {
  const variables = Object.hasOwn(call, 'variables') ? call.variables : undefined;
  if (variables === undefined || variables === null) return {};
  if (!isObject(variables)) throw new PromptError('variables');
  return variables;
};

const without = (object: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

const savedFields = ({ model, tools, functions, toolChoice }: PromptVersion): JsonObject =>
  Object.fromEntries(
    Object.entries({ model, tools, functions, tool_choice: toolChoice }).filter(
      ([, value]) => value !== undefined && value !== null,
    ),
  );

const missingFrom = (references: readonly string[], partials: ReadonlyMap<string, string>): readonly string[] =>
  references.filter((reference) => !partials.has(reference));

/**
 * The request that a call of a prompt becomes. Saved parameters come first, then the version's model and tools, then all that the
 * caller names; whether to stream is the caller's word alone; messages or prompt are always the template's.
 * @param partials  text of every partial that `partialReferences` names
 * @throws PromptError  whatever is wrong with the call, its variables, its partials or the template
 */
export const buildRequest = (
  version: PromptVersion,
  call: PromptCall,
  partials: ReadonlyMap<string, string>,
): PromptRequest => {
  const variables = variablesOf(call);
  const missing = missingFrom(partialReferences(components(version.template), variables), partials);
  if (missing.length > 0) throw new PromptError('missing_partials', ...missing);
  const rendered = render(version.template, { variables, partials, kind: version.kind });
  return {
    kind: version.kind,
    body: {
      ...without(version.parameters, 'stream'),
      ...savedFields(version),
      ...without(call, 'variables'),
      ...(version.azureAlias ? { model: version.azureAlias } : {}),
      ...(rendered.kind === 'chat' ? { messages: rendered.messages } : { prompt: rendered.prompt }),
    },
    tags: { prompt_id: version.promptId, prompt_version_id: version.versionId, prompt_slug: version.slug },
  };
};

/** The answer to a call that only renders. */
export const renderAnswer = ({ body }: PromptRequest): { readonly success: true; readonly data: JsonObject } => ({
  success: true,
  data: body,
});

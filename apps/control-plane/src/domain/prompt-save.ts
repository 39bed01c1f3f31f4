import { PlatformError } from '@portolan/service-kit';
import type { JsonObject } from './json.ts';

/** What one version of a prompt holds. Null is nothing saved. */
export interface PromptContent {
  readonly template: string;
  readonly parameters: JsonObject;
  readonly model: string | null;
  /** Slug of the virtual key, as it was given; empty for none. */
  readonly virtualKey: string;
  readonly functions: readonly unknown[] | null;
  readonly tools: readonly unknown[] | null;
  readonly toolChoice: JsonObject | string | null;
  readonly templateMetadata: JsonObject | null;
  readonly isRaw: boolean;
  readonly description: string | null;
}

/** As clients send them: undefined was not given, null clears. */
export interface GivenContent {
  readonly string?: string | undefined;
  readonly parameters?: JsonObject | undefined;
  readonly model?: string | null | undefined;
  readonly virtual_key?: string | null | undefined;
  readonly functions?: readonly unknown[] | null | undefined;
  readonly tools?: readonly unknown[] | null | undefined;
  readonly tool_choice?: JsonObject | string | null | undefined;
  readonly template_metadata?: JsonObject | null | undefined;
  readonly is_raw_template?: boolean | undefined;
  readonly version_description?: string | null | undefined;
}

const NAMES = [
  'string',
  'parameters',
  'model',
  'virtual_key',
  'functions',
  'tools',
  'tool_choice',
  'template_metadata',
  'is_raw_template',
  'version_description',
] as const satisfies readonly (keyof GivenContent)[];

/** Without these a version says nothing by itself. */
const REQUIRED = ['string', 'parameters', 'model'] as const satisfies readonly (keyof GivenContent)[];

/** What a version is when nothing is said. */
export const EMPTY_CONTENT: PromptContent = {
  template: '',
  parameters: {},
  model: null,
  virtualKey: '',
  functions: null,
  tools: null,
  toolChoice: null,
  templateMetadata: null,
  isRaw: false,
  description: null,
};

const either = <T>(given: T | undefined, otherwise: T): T => (given === undefined ? otherwise : given);

/** What is given, over what there is. */
export const mergedContent = (base: PromptContent, given: GivenContent): PromptContent => ({
  template: either(given.string, base.template),
  parameters: either(given.parameters, base.parameters),
  model: either(given.model, base.model),
  virtualKey: either(given.virtual_key, base.virtualKey) ?? '',
  functions: either(given.functions, base.functions),
  tools: either(given.tools, base.tools),
  toolChoice: either(given.tool_choice, base.toolChoice),
  templateMetadata: either(given.template_metadata, base.templateMetadata),
  isRaw: either(given.is_raw_template, base.isRaw),
  description: either(given.version_description, base.description),
});

/**
 * The content of the version that an update makes. With `patch` all that is not given is taken from the latest version. Without it the
 * version says everything anew, but for the virtual key.
 * @returns undefined when the update concerns no version
 * @throws PlatformError  400 naming the fields that a version lacks
 */
export const savedContent = (latest: PromptContent, given: GivenContent, patch: boolean): PromptContent | undefined => {
  if (NAMES.every((name) => given[name] === undefined)) return undefined;
  if (patch) return mergedContent(latest, given);
  const missing = REQUIRED.filter((name) => given[name] === undefined);
  if (missing.length > 0) {
    throw new PlatformError('invalid_request_error', {
      public: `A new version needs ${REQUIRED.join(', ')}; missing: ${missing.join(', ')}. Send "patch": true to take them from the latest version.`,
      param: missing[0] ?? 'string',
      errors: missing.map((name) => `${name}: is missing`),
    });
  }
  return mergedContent({ ...EMPTY_CONTENT, virtualKey: latest.virtualKey }, given);
};

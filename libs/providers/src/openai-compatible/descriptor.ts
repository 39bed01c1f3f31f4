import type { JsonObject } from '../spec/json.ts';
import type { EndpointName, HeaderMap, TargetOptions } from '../spec/provider.ts';
import type { ReasoningMap } from './reasoning.ts';
import type { UsageFix } from './usage.ts';

/** Endpoints whose bodies are mapped. The list of models is the same for all of them. */
export type CompatibleEndpoint = Exclude<EndpointName, 'listModels'>;

/**
 * A provider that speaks the OpenAI API, but for what is said here. Without a word it takes every parameter we do
 * not know, knows `max_tokens` but not `max_completion_tokens`, `system` but not `developer`, and sends the usage
 * of a stream when `stream_options` asks for it.
 */
export interface CompatibleProvider {
  readonly id: string;
  /** Version segment included, no trailing slash. Absent: there is no public host, callers name a custom one. */
  readonly baseUrl?: string | ((options: TargetOptions) => string);
  /** Default: a bearer token when there is a credential. */
  readonly auth?: (options: TargetOptions) => HeaderMap;
  /** Paths below the base URL, by endpoint. */
  readonly endpoints: { readonly [name in CompatibleEndpoint]?: string | ((options: TargetOptions) => string) };
  /** `pass`: unknown parameters are sent. `allow`: only OpenAI's own and those in `extra`. Default: pass. */
  readonly policy?: 'pass' | 'allow';
  /** Parameters and marks of other providers that this one reads too: `thinking`, `cache_control` … */
  readonly extra?: readonly string[];
  /** Parameters it refuses or ignores. */
  readonly drop?: readonly string[];
  /** Parameters that only some models refuse. */
  readonly dropFor?: readonly { readonly models: RegExp; readonly drop: readonly string[] }[];
  /** Values that are its default anyway, but that it refuses to see written. Taken out without a notice. */
  readonly implied?: JsonObject;
  readonly rename?: Readonly<Record<string, string>>;
  /** Lowest and highest value it takes. */
  readonly clamp?: Readonly<Record<string, readonly [min: number, max: number]>>;
  /** The name it knows for the token limit of a chat. Default: max_tokens. */
  readonly maxTokens?: 'max_tokens' | 'max_completion_tokens' | 'as-is';
  /** Default: developer messages are sent as system messages. */
  readonly system?: 'system' | 'as-is';
  /** It gives one answer only; a caller who wants more gets an error. */
  readonly hasSingleChoice?: boolean;
  /** `name` of a message is refused. */
  readonly refusesMessageName?: boolean;
  /** What happens to `reasoning_content` in a history. Default: keep. */
  readonly reasoningHistory?: 'keep' | 'drop' | 'current-turn' | 'as-reasoning';
  /** The structured output it cannot do; expressed by the one it can. */
  readonly lacksFormat?: 'json_schema' | 'json_object';
  /** Keywords at the top of a JSON schema that it refuses. */
  readonly schemaDrop?: readonly string[];
  /** What it sends for each public effort. Default: the effort as it came. */
  readonly reasoning?: ReasoningMap | ((model: string) => ReasoningMap);
  /** Its own finish reasons in OpenAI's words. */
  readonly finish?: Readonly<Record<string, string>>;
  /** Changes to its usage object, in order. */
  readonly usage?: readonly UsageFix[];
  /**
   * How the usage of a stream is had. `stream_options`: ask. `always`: it comes, asking is refused.
   * `x_groq`: it comes in `x_groq.usage`. `usage_include`: ask with `usage:{include:true}`. `none`: never.
   */
  readonly streamUsage?: 'stream_options' | 'always' | 'none' | 'x_groq' | 'usage_include';
  /** Fields of its answers that only callers outside strict mode get. */
  readonly answerExtras?: readonly string[];
  /** Fields of its answers that no caller gets. */
  readonly answerDrop?: readonly string[];
  /** The failure that a 200 answer of it may hold, as a message. */
  readonly failure?: (answer: JsonObject) => string | undefined;
  /**
   * What ends a stream properly. `finish`: the finish reason of every choice, for servers that may leave `[DONE]`
   * out. `done`: nothing but `[DONE]`. Default: finish.
   */
  readonly terminator?: 'finish' | 'done';
}

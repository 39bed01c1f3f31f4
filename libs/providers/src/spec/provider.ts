import type { ProviderError } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { Usage } from './usage.ts';

/** Endpoint functions, by the names that error messages use in public. */
export type EndpointName = 'chatComplete' | 'complete' | 'embed' | 'listModels';

/** Header names are lower case. */
export type HeaderMap = Readonly<Record<string, string>>;

/** A secret that an auth scheme may reveal while it writes a header. Anything else only passes it on. */
export interface Credential {
  reveal(): string;
}

/**
 * Everything that steers one provider besides the body: the credential and the provider's own settings.
 * `settings` holds the snake_case keys of a config target (`openai_organization`, `anthropic_version`,
 * `mistral_fim_completion` …); each provider reads only what its folder documents.
 */
export interface TargetOptions {
  readonly credential?: Credential;
  /** Replaces the base URL, version segment included; no trailing slash. */
  readonly customHost?: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface Media {
  readonly mimeType: string;
  readonly base64: string;
}

/** What a mapping may know besides its input. Clock, ids and downloads are handed in, so a mapping stays pure. */
export interface CallContext {
  /** The provider's id, as callers name it. */
  readonly provider: string;
  readonly options: TargetOptions;
  /** The caller's body as this target is asked it: some answers repeat or depend on a part of it. */
  readonly request?: JsonObject;
  /** True: plain OpenAI shapes only. False: the provider's own extras ride along. */
  readonly strict: boolean;
  /** True when the caller asked for a usage chunk at the end of a stream. */
  readonly includeUsage: boolean;
  /** Unix seconds. */
  now(): number;
  newId(prefix: string): string;
  /** A guarded, bounded download. @throws UnsupportedValue with code `media_download_failed` */
  fetchMedia(url: string, param: string): Promise<Media>;
}

/** A parameter that did not reach the provider as the caller wrote it. Shown in a response header and in the log. */
export interface Notice {
  readonly kind: 'dropped' | 'clamped' | 'replaced';
  /** Path of the parameter, e.g. `logit_bias` or `messages[2].name`. */
  readonly param: string;
  readonly reason: string;
}

/** A request in the provider's terms. */
export interface UpstreamRequest {
  /** POST unless said otherwise; a GET carries no body. */
  readonly method?: 'GET' | 'POST';
  /** Appended to the base URL; begins with a slash and may carry a query. */
  readonly path: string;
  /** Besides auth and content type. */
  readonly headers?: HeaderMap;
  /** The very same object as the input when nothing changed: the caller's bytes are then sent as they came. */
  readonly body: JsonObject;
  readonly notices: readonly Notice[];
}

/** A provider's whole answer in our terms. */
export interface Answer {
  readonly body: JsonObject;
  /** Undefined when the provider did not report any. */
  readonly usage?: Usage;
}

/** One event cut from a stream: the `event:` name if there was one, and the text of its data. */
export interface WireEvent {
  readonly event?: string;
  readonly data: string;
}

/**
 * What a stream decoder has to say, in order.
 * - `chunk`: a chunk for the caller. `json` is its text when the provider's own text may be relayed unchanged.
 * - `usage`: what the answer consumed so far; the last one counts. For metering, not for the caller.
 * - `error`: the provider reported a failure inside the stream; `status` is the HTTP status it stands for.
 * - `end`: the provider's own proper end was seen. A stream that stops without it was cut.
 */
export type StreamItem =
  | { readonly type: 'chunk'; readonly chunk: JsonObject; readonly json?: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'error'; readonly status: number; readonly error: ProviderError }
  | { readonly type: 'end' };

/** Decodes one response; holds the state of that response only. Never throws on odd input: it reports an `error` item. */
export interface StreamDecoder {
  onEvent(event: WireEvent): readonly StreamItem[];
  /** The connection ended in good order. Chunks that were held back come now; `end` only if the answer was complete. */
  onClose(): readonly StreamItem[];
}

export interface StreamAdapter {
  readonly framing: 'sse' | 'json-array' | 'json-lines';
  decoder(ctx: CallContext): StreamDecoder;
}

/** One endpoint of one provider, both directions. */
export interface EndpointAdapter {
  /**
   * The caller's body in the provider's terms. `body.stream === true` asks for a stream.
   * A promise only where media must be fetched first.
   * @throws UnsupportedValue when the provider has no way to do what was asked
   */
  toUpstream(body: JsonObject, ctx: CallContext): UpstreamRequest | Promise<UpstreamRequest>;
  /** @throws InvalidUpstreamResponse when a 2xx body has another shape */
  fromUpstream(body: JsonObject, headers: HeaderMap, ctx: CallContext): Answer;
  /** Absent: this endpoint never streams. */
  readonly stream?: StreamAdapter;
}

export interface Provider {
  /** The slug in `x-portkey-provider`. */
  readonly id: string;
  /** No trailing slash. A custom host replaces it before this is asked. */
  baseUrl(options: TargetOptions): string;
  /** Auth headers, and headers that every endpoint of this provider needs. Empty without a credential. */
  headers(options: TargetOptions): HeaderMap;
  readonly endpoints: { readonly [name in EndpointName]?: EndpointAdapter };
  /** A non-2xx answer. `body` is undefined when it was not JSON; `text` always holds what came. */
  error(status: number, body: JsonObject | undefined, text: string): ProviderError;
}

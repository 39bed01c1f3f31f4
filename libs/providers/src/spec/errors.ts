import type { JsonObject } from './json.ts';

/** An error as a provider reported it, before our prefix. */
export interface ProviderError {
  readonly message: string;
  readonly type: string | null;
  readonly param: string | null;
  readonly code: string | null;
  /** True when the message is a sentence of ours that already names the provider. */
  readonly unprefixed?: boolean;
}

/** What is shown of an answer that nobody can read, in characters. */
const EXCERPT_CHARS = 500;

/** An error answer of a shape that nobody knows, quoted. */
export const unknownErrorShape = (provider: string, body: JsonObject): ProviderError => ({
  message: `Invalid response received from ${provider}: ${JSON.stringify(body).slice(0, EXCERPT_CHARS)}`,
  type: null,
  param: null,
  code: null,
  unprefixed: true,
});

/** Refuses a request that cannot be sent in the provider's terms. HTTP 400 to the caller, never retried by itself. */
export class UnsupportedValue extends Error {
  readonly param: string;
  readonly code: string;
  constructor(message: string, param: string, code = 'unsupported_value') {
    super(message);
    this.name = 'UnsupportedValue';
    this.param = param;
    this.code = code;
  }
}

/** A 2xx answer that does not have the shape its endpoint promises. HTTP 502 to the caller. */
export class InvalidUpstreamResponse extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'InvalidUpstreamResponse';
  }
}

/** The body a caller sees for a provider's error: prefixed with the provider's id, which is also a field of its own. */
export const publicErrorBody = (provider: string, error: ProviderError): JsonObject => ({
  error: {
    message: error.unprefixed === true ? error.message : `${provider} error: ${error.message}`,
    type: error.type,
    param: error.param,
    code: error.code,
  },
  provider,
});

import type { IncomingHttpHeaders } from 'node:http';
import { PlatformError } from '@portolan/service-kit';
import { bearerToken, booleanOf, decodeJsonHeader, integerOf, listOf } from './header-values.ts';

/** Headers arrive as Node lower-cased and joined them. An empty value is an absent one: SDKs cannot tell them apart either. */
export interface ClientHeaders {
  readonly raw: IncomingHttpHeaders;
  readonly apiKey: string | undefined;
  /** `Authorization` without its `Bearer `. */
  readonly bearer: string | undefined;
  readonly config: string | undefined;
  readonly provider: string | undefined;
  readonly virtualKey: string | undefined;
  readonly metadata: string | undefined;
  readonly customHost: string | undefined;
  readonly forwardHeaders: readonly string[] | undefined;
  readonly sensitiveHeaders: readonly string[];
  readonly requestTimeoutMs: number | undefined;
  /** Deprecated header form of `retry.attempts`. */
  readonly retryCount: number | undefined;
  readonly strict: boolean;
  /** False: the caller wants no bodies in the log. */
  readonly debug: boolean;
}

const PREFIX = 'x-portkey-';

/** Sent twice, these could mean two things at once. */
const ONCE = new Set(['authorization', 'x-portkey-api-key', 'x-portkey-config', 'content-type']);

/** What only the gateway itself may say about a call. A client that sends them is not listened to. */
const RESERVED = new Set([
  'x-auth-organisation-details',
  ...[
    'default-input-guardrails',
    'default-output-guardrails',
    'organisation-details',
    'virtual-key-details',
    'virtual-key-exhausted',
    'virtual-key-expired',
    'virtual-key-usage-limits',
    'virtual-key-rate-limits',
    'integration-details',
    'config-id',
    'config-slug',
    'config-version',
    'prompt-id',
    'prompt-version-id',
    'prompt-slug',
  ].map((name) => PREFIX + name),
]);

/**
 * Takes reserved headers away before anything reads them.
 * @throws PlatformError when a header that decides who or where is there twice
 */
export const checkNames = (rawHeaders: readonly string[], headers: IncomingHttpHeaders): void => {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    if (RESERVED.has(name)) delete headers[name];
    if (!ONCE.has(name)) continue;
    if (seen.has(name)) {
      throw new PlatformError('invalid_request_error', { public: `The header '${name}' was sent twice`, param: name });
    }
    seen.add(name);
  }
};

/** The gateway's own headers, read leniently and once. @throws PlatformError for values that cannot be meant */
export const readClientHeaders = (raw: IncomingHttpHeaders): ClientHeaders => {
  const config = text(raw['x-portkey-config']);
  const metadata = text(raw['x-portkey-metadata']);
  const strict = text(raw['x-portkey-strict-open-ai-compliance']) ?? text(raw['x-portkey-strict-openai-compliance']);
  return {
    raw,
    apiKey: text(raw['x-portkey-api-key']),
    bearer: bearerToken(raw.authorization),
    config: config === undefined ? undefined : decodeJsonHeader(config),
    provider: text(raw['x-portkey-provider']) ?? providerOfMode(text(raw['x-portkey-mode'])),
    virtualKey: text(raw['x-portkey-virtual-key']),
    metadata: metadata === undefined ? undefined : decodeJsonHeader(metadata),
    customHost: text(raw['x-portkey-custom-host']),
    forwardHeaders: forwardList(text(raw['x-portkey-forward-headers'])),
    sensitiveHeaders: listOf(text(raw['x-portkey-sensitive-headers'])) ?? [],
    requestTimeoutMs: integerOf(text(raw['x-portkey-request-timeout'])),
    retryCount: integerOf(text(raw['x-portkey-retry-count'])),
    strict: booleanOf(strict) !== false,
    debug: booleanOf(text(raw['x-portkey-debug'])) !== false,
  };
};

const text = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The deprecated `x-portkey-mode: proxy <provider>`. */
const providerOfMode = (mode: string | undefined): string | undefined =>
  mode?.startsWith('proxy ') ? mode.slice('proxy '.length).trim() : undefined;

/** Names that may never be forwarded: they would change where a request goes, how it is framed, or speak to a cloud's metadata service. */
const NEVER_FORWARDED = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'proxy-authorization',
  'proxy-connection',
  'x-portkey-api-key',
  'metadata-flavor',
  'x-aws-ec2-metadata-token',
  'x-google-metadata-request',
]);

/** @throws PlatformError when a name may not be forwarded */
export const checkForwardList = (names: readonly string[]): readonly string[] => {
  const lower = names.map((name) => name.toLowerCase());
  const selfReference = lower.includes('x-portkey-forward-headers');
  const refused = selfReference ? 'x-portkey-forward-headers' : lower.find((name) => NEVER_FORWARDED.has(name));
  if (refused === undefined) return names;
  throw new PlatformError('invalid_request_error', {
    public: `forward_headers must not contain the '${refused}' header`,
    param: 'forward_headers',
  });
};

const forwardList = (text: string | undefined): readonly string[] | undefined => {
  const names = listOf(text);
  return names === undefined ? undefined : checkForwardList(names);
};

/**
 * The listed headers as the client sent them, for a provider.
 * A name that is not there is tried in kebab case too: one SDK lists `xCustomHeader` and sends `x-custom-header`.
 */
export const forwardedHeaders = (names: readonly string[], raw: IncomingHttpHeaders): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const name of names) {
    const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    for (const candidate of [name.toLowerCase(), kebab.toLowerCase()]) {
      const value = raw[candidate];
      if (typeof value !== 'string') continue;
      found[candidate] = value;
      break;
    }
  }
  return found;
};

/** Every `x-portkey-*` header as a provider setting: `x-portkey-openai-organization` is `openai_organization`. */
export const providerSettings = (raw: IncomingHttpHeaders): Record<string, string> => {
  const settings: Record<string, string> = {};
  for (const name in raw) {
    const value = raw[name];
    if (typeof value !== 'string' || value === '') continue;
    if (name.startsWith(PREFIX)) settings[name.slice(PREFIX.length).replaceAll('-', '_')] = value;
    else if (BARE_SETTINGS.has(name)) settings[name.replaceAll('-', '_')] ??= value;
  }
  return settings;
};

/** Provider headers that clients also send under the provider's own names. */
const BARE_SETTINGS = new Set(['openai-beta', 'anthropic-version', 'anthropic-beta', 'modal-key', 'modal-secret']);

/** Settings that are read from headers even when a config names the provider. */
const ALWAYS_FROM_HEADERS = ['anthropic-beta', 'anthropic-version'];

export const alwaysSettings = (raw: IncomingHttpHeaders): Record<string, string> | undefined => {
  let settings: Record<string, string> | undefined;
  for (const name of ALWAYS_FROM_HEADERS) {
    const value = raw[PREFIX + name] ?? raw[name];
    if (typeof value !== 'string' || value === '') continue;
    settings ??= {};
    settings[name.replaceAll('-', '_')] = value;
  }
  return settings;
};

import type { RouteNode } from '@portolan/config-schema';
import type { EndpointName, JsonObject, Usage } from '@portolan/providers';
import type { Secret } from '@portolan/service-kit';
import type { Cancellation } from './cancellation.ts';
import type { ClientHeaders } from './http/client-headers.ts';
import type { ApiKey } from './ports/api-keys.ts';
import type { Workspace } from './ports/workspace.ts';
import type { CallPrompts } from './prompts/prompt-route.ts';
import type { Trial } from './trial.ts';

/** What a path asks for: an endpoint of providers, or something that the gateway makes of one, or answers itself. */
export type Asked = EndpointName | 'retrieveModel' | 'completePrompt' | 'renderPrompt';

/** One call as it came in. Nothing changes it; each step hands a richer one on. */
export interface Received {
  readonly asks: Asked;
  /** The part of the path that names something: a prompt, a model. Decoded; empty where a path names nothing. */
  readonly named: string;
  /** Path with query, as the client sent it. */
  readonly url: string;
  readonly method: string;
  readonly headers: ClientHeaders;
  /** The body as it came, not yet looked at; empty for a call without one. */
  readonly bytes: Uint8Array;
  readonly ids: CallIds;
  /** Unix milliseconds. */
  readonly receivedAtMs: number;
  /** Monotonic milliseconds. */
  readonly startedAtMs: number;
  readonly cancellation: Cancellation;
}

export interface CallIds {
  /** Ours, one a call; shown as `x-portkey-request-id`. */
  readonly requestId: string;
  readonly traceId: string;
  /** Undefined: a record's own id serves. */
  readonly spanId: string | undefined;
  readonly spanName: string;
  readonly parentSpanId: string | undefined;
}

/** … and who sent it. */
export interface Identified extends Received {
  readonly apiKey: ApiKey;
  /** What the call may name: one moment's view, the same from the first look-up to the last. */
  readonly workspace: Workspace;
  /** The key itself, so that it can be kept from every provider. */
  readonly gatewayKey: Secret;
  /** What `Authorization` still holds once the API key is taken out of it, if that can be a provider credential. */
  readonly callerCredential: string | undefined;
}

/** … and what it asks. */
export interface Understood extends Identified {
  /** The parsed body; `bytes` are the same body as it came, forwarded when nothing has to change. */
  readonly body: JsonObject;
  /** Merged from baggage, header and key; string values of at most 128 characters. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** … and which way it shall go. */
export interface Routed extends Understood {
  /** Of a call of a prompt; `body` is then what the prompt of the path became, and `bytes` what the caller sent. */
  readonly prompts: CallPrompts | undefined;
  readonly endpoint: EndpointName;
  readonly route: RouteNode;
  readonly config: ConfigRef;
  /** True when the provider came from headers: then provider settings come from headers too. */
  readonly providerFromRequest: boolean;
}

export interface ConfigRef {
  /** Slug of a saved config, `inline`, or undefined without one. */
  readonly slug: string | undefined;
  readonly version: string | undefined;
}

/**
 * The call with who sent it. Written out field by field, here and below: a spread with additions costs V8
 * thirty times as much, measured, and every call comes through here.
 */
export const identified = (
  call: Received,
  apiKey: ApiKey,
  gatewayKey: Secret,
  callerCredential: string | undefined,
): Identified => ({
  asks: call.asks,
  named: call.named,
  url: call.url,
  method: call.method,
  headers: call.headers,
  bytes: call.bytes,
  ids: call.ids,
  receivedAtMs: call.receivedAtMs,
  startedAtMs: call.startedAtMs,
  cancellation: call.cancellation,
  apiKey,
  workspace: apiKey.workspace,
  gatewayKey,
  callerCredential,
});

/** The call with what it asks. */
export const understood = (call: Identified, body: JsonObject, metadata: Understood['metadata']): Understood => ({
  asks: call.asks,
  named: call.named,
  url: call.url,
  method: call.method,
  headers: call.headers,
  bytes: call.bytes,
  ids: call.ids,
  receivedAtMs: call.receivedAtMs,
  startedAtMs: call.startedAtMs,
  cancellation: call.cancellation,
  apiKey: call.apiKey,
  workspace: call.workspace,
  gatewayKey: call.gatewayKey,
  callerCredential: call.callerCredential,
  body,
  metadata,
});

/** What is found out when it is decided which way a call goes. */
export type Way = Pick<
  Routed,
  'endpoint' | 'body' | 'prompts' | 'workspace' | 'route' | 'config' | 'providerFromRequest'
>;

/** The call with the way it goes. */
export const routed = (call: Understood, way: Way): Routed => ({
  asks: call.asks,
  named: call.named,
  url: call.url,
  method: call.method,
  headers: call.headers,
  bytes: call.bytes,
  ids: call.ids,
  receivedAtMs: call.receivedAtMs,
  startedAtMs: call.startedAtMs,
  cancellation: call.cancellation,
  apiKey: call.apiKey,
  workspace: way.workspace,
  gatewayKey: call.gatewayKey,
  callerCredential: call.callerCredential,
  body: way.body,
  prompts: way.prompts,
  metadata: call.metadata,
  endpoint: way.endpoint,
  route: way.route,
  config: way.config,
  providerFromRequest: way.providerFromRequest,
});

/** How the answer ended, known when the last byte is out. */
export interface Completion {
  readonly outcome: 'complete' | 'interrupted' | 'client_closed';
  readonly usage: Usage | undefined;
  /** Monotonic milliseconds of the first and the last token; undefined where there was none. */
  readonly firstTokenAtMs: number | undefined;
  readonly endedAtMs: number;
  /** The answer as the caller saw it, for the log; a stream is put together. Undefined when too long or not kept. */
  readonly body: JsonObject | Uint8Array | undefined;
  readonly finishReason: string | undefined;
  /** The model the provider says it used. */
  readonly answeredModel: string | undefined;
  /** Why a stream was interrupted. */
  readonly error: { readonly type: string; readonly message: string } | undefined;
}

/** Where a streamed answer goes, frame by frame. */
export interface StreamSink {
  /** @returns false when the client is behind; then wait for `onDrain` */
  write(text: string): boolean;
  onDrain(listener: () => void): void;
  /** The client does not follow: its connection is cut. */
  abort(): void;
  /** In good order or after an error frame; nothing follows. */
  end(): void;
}

/** An answer still under way. Its first event has been read, so its status is certain. */
export interface LiveStream {
  /** Starts the flow, once. */
  pipeTo(sink: StreamSink): void;
}

export interface Reply {
  readonly status: number;
  /** Made for this reply: the door adds what every answer has. */
  readonly headers: Record<string, string | number>;
  readonly body: Uint8Array | LiveStream;
  /** Every target that was tried, in order. */
  readonly trail: readonly Trial[];
  readonly finished: Promise<Completion>;
}

export type Handle<Call extends Received> = (call: Call) => Promise<Reply>;

/** Wraps what comes after it: sees the call going in and the reply coming out. */
export type Step<Outer extends Received, Inner extends Received> = (next: Handle<Inner>) => Handle<Outer>;

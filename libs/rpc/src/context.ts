import { Metadata } from '@grpc/grpc-js';

/** What ties the log lines and spans of all services to one request. */
export interface Trace {
  readonly requestId?: string | undefined;
  /** W3C trace context. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/** What a method knows of the call besides its message. */
export interface CallContext {
  /** Who calls, by the names of the identity book. */
  readonly callers: readonly string[];
  readonly trace: Trace;
  /** When the caller stops waiting, Unix milliseconds. */
  readonly deadlineMs: number;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

const METADATA_NAMES = { requestId: 'x-request-id', traceparent: 'traceparent', tracestate: 'tracestate' } as const;

const VALUE_MAX_CHARS = 512;
const VISIBLE_ASCII = /^[\x20-\x7e]+$/;

const isCarried = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= VALUE_MAX_CHARS && VISIBLE_ASCII.test(value);

/** The trace by its metadata names. What could not be a header value is left out. */
export const traceEntries = (trace: Trace): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [
      [METADATA_NAMES.requestId, trace.requestId] as const,
      [METADATA_NAMES.traceparent, trace.traceparent] as const,
      [METADATA_NAMES.tracestate, trace.tracestate] as const,
    ].flatMap(([name, value]) => (isCarried(value) ? [[name, value] as const] : [])),
  );

/** The trace that entries carry. @param read the value under a metadata name */
export const traceFrom = (read: (name: string) => unknown): Trace => {
  const [requestId, traceparent, tracestate] = [
    METADATA_NAMES.requestId,
    METADATA_NAMES.traceparent,
    METADATA_NAMES.tracestate,
  ].map((name) => {
    const value = read(name);
    return isCarried(value) ? value : undefined;
  });
  return { requestId, traceparent, tracestate };
};

export const toMetadata = (entries: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
};

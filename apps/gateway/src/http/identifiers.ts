import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { CallIds } from '../exchange.ts';

const MAX_ID_CHARS = 128;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** Trace and span ids of a call: explicit headers win over W3C trace context, which wins over new ones. */
export const readIdentifiers = (headers: IncomingHttpHeaders, method: string, path: string): CallIds => {
  const requestId = randomUUID();
  const context = traceContext(headers.traceparent);
  return {
    requestId,
    traceId: given(headers['x-portkey-trace-id']) ?? context?.traceId ?? randomUUID(),
    spanId:
      given(headers['x-portkey-span-id']) ?? (context ? randomUUID().replaceAll('-', '').slice(0, 16) : undefined),
    spanName: given(headers['x-portkey-span-name']) ?? (context ? `${method} ${path}` : 'llm'),
    parentSpanId: given(headers['x-portkey-parent-span-id']) ?? context?.spanId,
  };
};

/** What we echo in headers and write to logs: no control characters, bounded, never refused. */
const given = (value: string | string[] | undefined): string | undefined => {
  if (typeof value !== 'string' || value === '') return undefined;
  const clean = /^[\x20-\x7e]*$/.test(value) ? value : value.replace(/[^\x20-\x7e]/g, '');
  const cut = clean.length > MAX_ID_CHARS ? clean.slice(0, MAX_ID_CHARS) : clean;
  return cut === '' ? undefined : cut;
};

const traceContext = (value: string | string[] | undefined): { traceId: string; spanId: string } | undefined => {
  const match = typeof value === 'string' ? TRACEPARENT.exec(value) : null;
  const [, traceId = '', spanId = ''] = match ?? [];
  return /[1-9a-f]/.test(traceId) && /[1-9a-f]/.test(spanId) ? { traceId, spanId } : undefined;
};

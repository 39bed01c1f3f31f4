import type { ServerResponse } from 'node:http';
import type { PlatformError } from '@portolan/service-kit';
import type { CallIds, Reply, StreamSink } from '../exchange.ts';
import { requestErrorBody } from './error-body.ts';

/** A comment that keeps proxies from cutting a stream in which nothing is said for a while. */
const KEEP_ALIVE_MS = 15_000;

/** Headers of every answer, whatever became of the call. SDKs take them as a sign not to try again by themselves. */
const callHeaders = (ids: CallIds): Record<string, string> => ({
  'x-portkey-trace-id': ids.traceId,
  'x-portkey-request-id': ids.requestId,
});

/** Writes a reply: a body at once, a stream as it comes. */
export const writeReply = (response: ServerResponse, reply: Reply, ids: CallIds, pretty: boolean): void => {
  const headers = { ...reply.headers, ...callHeaders(ids) };
  if (reply.body instanceof Uint8Array) return writeBytes(response, reply.status, headers, reply.body, pretty);
  response.writeHead(reply.status, { ...headers, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
  reply.body.pipeTo(streamSink(response));
};

/** An error raised before any target was tried. */
export const writeError = (response: ServerResponse, error: PlatformError, ids: CallIds, pretty = false): void => {
  const headers = { ...callHeaders(ids), 'content-type': 'application/json', ...retryHeaders(error) };
  writeBytes(response, error.status, headers, Buffer.from(JSON.stringify(requestErrorBody(error))), pretty);
};

const retryHeaders = (error: PlatformError): Record<string, string> =>
  error.type === 'overloaded' ? { 'retry-after': '1', 'retry-after-ms': '1000' } : {};

const writeBytes = (
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  bytes: Uint8Array,
  pretty: boolean,
): void => {
  if (response.headersSent || response.destroyed) return;
  const body = pretty ? Buffer.from(JSON.stringify(JSON.parse(Buffer.from(bytes).toString()), null, 2)) : bytes;
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
};

const streamSink = (response: ServerResponse): StreamSink => {
  const keepAlive = setTimeout(() => {
    if (response.writable && !response.writableNeedDrain) response.write(': keep-alive\n\n');
    keepAlive.refresh();
  }, KEEP_ALIVE_MS);
  response.once('close', () => clearTimeout(keepAlive));
  return {
    write(text) {
      keepAlive.refresh();
      return response.write(text);
    },
    onDrain: (listener) => void response.once('drain', listener),
    end() {
      clearTimeout(keepAlive);
      response.end();
    },
  };
};

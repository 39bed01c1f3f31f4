import type { ServerResponse } from 'node:http';
import type { PlatformError } from '@portolan/service-kit';
import type { CallIds, Reply, StreamSink } from '../exchange.ts';
import { requestErrorBody } from './error-body.ts';

/** A comment that keeps proxies from cutting a stream in which nothing is said for a while. */
const KEEP_ALIVE_MS = 15_000;

/** Writes a reply: a body at once, a stream as it comes. */
export const writeReply = (response: ServerResponse, reply: Reply, ids: CallIds, door: DoorOptions): void => {
  const { status, headers, body } = reply;
  addCallHeaders(headers, ids);
  if (body instanceof Uint8Array) return writeBytes(response, status, headers, body, door);
  if (response.destroyed) return;
  headers['cache-control'] = 'no-cache';
  headers['x-accel-buffering'] = 'no';
  response.writeHead(status, headers);
  body.pipeTo(streamSink(response, door.clientStallMs));
};

export interface DoorOptions {
  /** JSON is indented for a person to read. */
  readonly pretty: boolean;
  /** A client that takes nothing for this long is cut. */
  readonly clientStallMs: number;
}

/** Headers of every answer, whatever became of the call. SDKs take them as a sign not to try again by themselves. */
const addCallHeaders = (headers: Record<string, string | number>, ids: CallIds): void => {
  headers['x-portkey-trace-id'] = ids.traceId;
  headers['x-portkey-request-id'] = ids.requestId;
};

/** An error raised before any target was tried. */
export const writeError = (response: ServerResponse, error: PlatformError, ids: CallIds, door: DoorOptions): void => {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (error.type === 'overloaded') Object.assign(headers, { 'retry-after': '1', 'retry-after-ms': '1000' });
  addCallHeaders(headers, ids);
  writeBytes(response, error.status, headers, Buffer.from(JSON.stringify(requestErrorBody(error))), door);
};

const writeBytes = (
  response: ServerResponse,
  status: number,
  headers: Record<string, string | number>,
  bytes: Uint8Array,
  { pretty, clientStallMs }: DoorOptions,
): void => {
  if (response.headersSent || response.destroyed) return;
  const body = pretty ? Buffer.from(JSON.stringify(JSON.parse(Buffer.from(bytes).toString()), null, 2)) : bytes;
  headers['content-length'] = body.length;
  response.writeHead(status, headers);
  if (body.length > SLICE_BYTES) return writeSlices(response, body, clientStallMs);
  response.end(body);
  if (response.writableLength > 0) cutUnlessClosed(response, clientStallMs);
};

/** Small enough that a slow reader is seen to make progress. */
const SLICE_BYTES = 256 * 1024;

/** A large body at the client's pace; a client that takes nothing for too long is cut. */
const writeSlices = (response: ServerResponse, body: Uint8Array, stallMs: number): void => {
  let at = 0;
  const stall = cutUnlessClosed(response, stallMs);
  const writeOn = () => {
    stall.refresh();
    while (at < body.length) {
      const slice = body.subarray(at, at + SLICE_BYTES);
      at += slice.length;
      if (!response.write(slice)) return void response.once('drain', writeOn);
    }
    response.end();
  };
  writeOn();
};

/** A client has this long; whoever sees it read winds the clock up again. */
const cutUnlessClosed = (response: ServerResponse, stallMs: number): NodeJS.Timeout => {
  const stall = setTimeout(() => response.destroy(), stallMs);
  response.once('close', () => clearTimeout(stall));
  return stall;
};

const streamSink = (response: ServerResponse, stallMs: number): StreamSink => {
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
    abort: () => void response.destroy(),
    end() {
      clearTimeout(keepAlive);
      response.end();
      // The end itself may be what the client does not take.
      if (response.writableLength > 0) cutUnlessClosed(response, stallMs);
    },
  };
};

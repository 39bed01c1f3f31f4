import type { ServerResponse } from 'node:http';
import { type Clock, type Logger, PlatformError } from '@portolan/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Asked, Handle, Received } from '../exchange.ts';
import type { Metrics } from '../metrics.ts';
import { readIdentifiers } from './identifiers.ts';
import type { InFlight } from './in-flight.ts';
import { readExchange } from './read-exchange.ts';
import { writeError, writeReply } from './write-reply.ts';

export interface DoorDeps {
  readonly handle: Handle<Received>;
  readonly inFlight: InFlight;
  readonly clock: Clock;
  readonly log: Logger;
  readonly clientStallMs: number;
  readonly metrics: Pick<Metrics, 'onReply'>;
}

/** Before a body is taken in: is there room for one more? */
export const refuseWhenFull =
  (deps: DoorDeps) =>
  (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (!deps.inFlight.full) return done();
    reply.hijack();
    const error = new PlatformError('overloaded', { public: 'The gateway is serving as many requests as it can' });
    // What remains of the body is not read: the connection cannot be used again.
    reply.raw.setHeader('connection', 'close');
    const door = { pretty: wantsPretty(request.url), clientStallMs: deps.clientStallMs };
    writeError(reply.raw, error, readIdentifiers(request.headers, request.method, request.url), door);
  };

/** The path parameter by which routes name something. */
export interface Named {
  readonly Params: { readonly name?: string; readonly '*'?: string };
}

/** The door of one path: request in, pipeline, reply out. Errors are translated here and nowhere else. */
export const serveCall =
  (asks: Asked, deps: DoorDeps) =>
  async (request: FastifyRequest<Named>, reply: FastifyReply): Promise<void> => {
    // Fastify has routed and read the body; from here the raw response is faster and streams as it likes.
    reply.hijack();
    const response = reply.raw;
    const door = { pretty: wantsPretty(request.url), clientStallMs: deps.clientStallMs };
    const ids = readIdentifiers(request.headers, request.method, request.url);
    const startedAtMs = deps.clock.monotonicMs();
    try {
      if (deps.inFlight.draining) response.setHeader('connection', 'close');
      const bytes = request.body instanceof Uint8Array ? request.body : undefined;
      const call = readExchange(
        asks,
        request.params.name ?? request.params['*'] ?? '',
        request.raw,
        bytes,
        ids,
        deps.clock,
      );
      onClientGone(response, () => call.cancellation.cancel());
      writeReply(response, await deps.handle(call), ids, door);
    } catch (error) {
      writeError(response, known(error, deps.log, ids.traceId), ids, door);
    }
    deps.metrics.onReply(asks, response.statusCode, deps.clock.monotonicMs() - startedAtMs);
  };

export const wantsPretty = (url: string): boolean =>
  url.includes('pretty') && new URL(url, 'http://localhost').searchParams.has('pretty');

/** `close` comes in every case; only before the end does it mean that the client left. */
const onClientGone = (response: ServerResponse, listener: () => void): void => {
  response.once('close', () => {
    if (!response.writableFinished) listener();
  });
};

/** What nobody foresaw is logged once, here, and told without detail. */
export const known = (error: unknown, log: Logger, traceId: string): PlatformError => {
  if (error instanceof PlatformError) return error;
  log.error({ err: error, trace_id: traceId }, 'a call failed unexpectedly');
  return new PlatformError('internal_error', { public: 'Something went wrong', cause: error });
};

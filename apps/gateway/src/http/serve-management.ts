import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { PlatformError } from '@portolan/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallIds } from '../exchange.ts';
import type { Management, ManagementAnswer, ManagementRequest } from '../ports/management.ts';
import { messageHeaders } from './connection-headers.ts';
import { readIdentifiers } from './identifiers.ts';
import { type DoorDeps, known, wantsPretty } from './serve-call.ts';
import { writeError } from './write-reply.ts';

export interface ManagementDoorDeps extends DoorDeps {
  /** Undefined where there is nothing to manage. */
  readonly management: Management | undefined;
}

/** A call may take this long from its first byte in to its last byte out: downloads of exports included. */
const TOTAL_MS = 600_000;

/** The door of the management paths: passed on as they come, whoever asks. Who may do what is for the control plane to say. */
export const serveManagement =
  (deps: ManagementDoorDeps) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    const response = reply.raw;
    const startedAtMs = deps.clock.monotonicMs();
    const ids = readIdentifiers(request.headers, request.method, request.url);
    const leaving = new AbortController();
    const tooLate = setTimeout(() => leaving.abort(new Error('the call took too long')), TOTAL_MS);
    response.once('close', () => leaving.abort(new Error('the client is gone')));
    try {
      if (deps.inFlight.draining) response.setHeader('connection', 'close');
      if (deps.management === undefined) throw nothingToManage();
      const answer = await deps.management.forward(passedOn(request, ids), leaving.signal);
      await writeAnswer(response, answer, deps.clientStallMs);
    } catch (error) {
      const door = { pretty: wantsPretty(request.url), clientStallMs: deps.clientStallMs };
      if (response.headersSent) response.destroy();
      else writeError(response, known(error, deps.log, ids.traceId), ids, door);
    } finally {
      clearTimeout(tooLate);
    }
    deps.metrics.onReply('management', response.statusCode, deps.clock.monotonicMs() - startedAtMs);
  };

const nothingToManage = (): PlatformError =>
  new PlatformError('unsupported_endpoint', {
    public: 'This gateway has no management API: its keys and configs come from files',
  });

const passedOn = (request: FastifyRequest, { traceId }: CallIds): ManagementRequest => {
  const { raw, body } = request;
  return {
    method: request.method,
    path: raw.url ?? '/',
    headers: {
      'x-portkey-trace-id': traceId,
      'x-forwarded-host': raw.headers.host ?? '',
      'x-forwarded-proto': 'http',
      ...messageHeaders(raw.headers),
      'x-forwarded-for': forwardedFor(raw),
    },
    body: body instanceof Uint8Array && body.length > 0 ? body : undefined,
  };
};

/** Who was before us says it first; what it says counts as far as the control plane trusts it. */
const forwardedFor = ({ headers, socket }: IncomingMessage): string => {
  const before = headers['x-forwarded-for'];
  return [...(before === undefined ? [] : [before].flat()), socket.remoteAddress ?? 'unknown'].join(', ');
};

const writeAnswer = async (response: ServerResponse, answer: ManagementAnswer, stallMs: number): Promise<void> => {
  for (const [name, value] of Object.entries(messageHeaders(answer.headers))) response.setHeader(name, value);
  const length = answer.headers['content-length'];
  if (typeof length === 'string') response.setHeader('content-length', length);
  response.writeHead(answer.status);
  response.setTimeout(stallMs, () => response.destroy());
  await pipeline(answer.body, response);
};

import { randomUUID } from 'node:crypto';
import { PlatformError } from '@portolan/service-kit';
import { isTimeout, isUnavailable, isUnstorableText, SqlError } from '@portolan/sql';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticate, holdsAny } from '../access/authenticate.ts';
import { refusal } from '../access/authorize.ts';
import { auditFailure, runWrite, transactionally } from '../change/run-write.ts';
import type { Deps } from '../deps.ts';
import type { JsonObject } from '../domain/json.ts';
import { readBody } from './body.ts';
import type { Call, CallIds, OpenCall } from './call.ts';
import { errorBody } from './error-body.ts';
import type { Route } from './route.ts';

/** Names of body fields that nobody knew. */
const IGNORED_HEADER = 'x-portolan-ignored-fields';
/** From which revision on gateways know what was written. */
const REVISION_HEADER = 'x-portolan-revision';
const MAX_ID_CHARS = 128;
const MAX_IGNORED_NAMED = 20;

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '').slice(0, MAX_ID_CHARS);

const idsOf = (request: FastifyRequest): CallIds => {
  const given = request.headers['x-portkey-trace-id'];
  const requestId = randomUUID();
  return { requestId, traceId: (typeof given === 'string' && printable(given)) || requestId };
};

const lastOf = (value: unknown): string => String(Array.isArray(value) ? (value.at(-1) ?? '') : (value ?? ''));

const textsOf = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, lastOf(value)]));

const readCall = (request: FastifyRequest, ids: CallIds, { clock }: Deps): OpenCall => {
  const { body, items } = readBody(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
  return {
    method: request.method,
    uri: request.url,
    ids,
    params: textsOf(Object(request.params)),
    query: textsOf(Object(request.query)),
    body,
    items,
    headers: textsOf(request.headers),
    clientIp: request.ip,
    nowMs: clock.wallMs(),
    ignored: new Set(),
  };
};

/** An error in our words: what is none of ours is logged, and the caller learns the trace id only. */
export const toPlatformError = (error: unknown, { log }: Pick<Deps, 'log'>, ids: CallIds): PlatformError => {
  if (error instanceof PlatformError) return error;
  if (error instanceof SqlError && (isUnavailable(error) || isTimeout(error))) {
    log.warn({ error, traceId: ids.traceId }, 'the database did not answer');
    return new PlatformError('store_unavailable', {
      public:
        'The database does not answer at the moment. If this was a change, look whether it was made before you try again.',
    });
  }
  if (isUnstorableText(error)) {
    return new PlatformError('invalid_request_error', {
      public: 'The request has the character U+0000, which cannot be stored.',
    });
  }
  log.error({ error, traceId: ids.traceId }, 'a management call failed');
  return new PlatformError('internal_error', { public: 'Something went wrong on our side.', cause: error });
};

const send = (reply: FastifyReply, status: number, ids: CallIds, body: JsonObject): FastifyReply =>
  reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-portkey-trace-id', ids.traceId)
    .header('x-portkey-request-id', ids.requestId)
    .send(JSON.stringify(body));

/** A refusal, in the shape that clients of this API read. */
export const sendError = (reply: FastifyReply, error: PlatformError, ids: CallIds): FastifyReply =>
  send(
    error.status === 429 ? reply.header('retry-after', String(error.retryAfterS ?? 60)) : reply,
    error.status,
    ids,
    errorBody(error, ids.traceId),
  );

const runGuarded = async (
  route: Exclude<Route, { kind: 'open' }>,
  call: Call,
  reply: FastifyReply,
  deps: Deps,
): Promise<JsonObject> => {
  if (!holdsAny(call, route.scopes)) throw refusal('scope');
  if (route.kind === 'read') return route.read(call, deps.db, deps);
  if (route.kind === 'record') return transactionally(deps.db, (tx) => route.record(call, tx, deps));
  const { body, revision } = await runWrite(route, call, deps);
  if (revision !== undefined) reply.header(REVISION_HEADER, String(revision));
  return body;
};

const auditRefusal = async (route: Route, call: Call, error: PlatformError, deps: Deps): Promise<void> => {
  if (route.kind !== 'write') return;
  await auditFailure(route, call, error.status, deps).catch((cause: unknown) => {
    deps.log.error({ error: cause, traceId: call.ids.traceId }, 'a refused write could not be audited');
  });
};

/** From a request to its answer: read, who, whether, do, tell. */
export const serve =
  (route: Route, deps: Deps) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const ids = idsOf(request);
    let call: Call | undefined;
    try {
      const open = readCall(request, ids, deps);
      if (route.kind === 'open') {
        const { status, body, headers = {} } = await route.answer(open, deps);
        for (const [name, value] of Object.entries(headers)) reply.header(name, value);
        return send(reply, status, ids, body);
      }
      call = { ...open, ...(await authenticate(open, deps)) };
      const body = await runGuarded(route, call, reply, deps);
      if (call.ignored.size > 0) {
        reply.header(IGNORED_HEADER, [...call.ignored].slice(0, MAX_IGNORED_NAMED).map(printable).join(', '));
      }
      return send(reply, 200, ids, body);
    } catch (error) {
      const platformError = toPlatformError(error, deps, ids);
      if (call !== undefined) await auditRefusal(route, call, platformError, deps);
      return sendError(reply, platformError, ids);
    }
  };

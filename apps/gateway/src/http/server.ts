import { randomUUID } from 'node:crypto';
import { type Clock, type Logger, PlatformError } from '@portolan/service-kit';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { allowOrigin } from './cors.ts';
import { readIdentifiers } from './identifiers.ts';
import { callRoutes } from './routes/calls.ts';
import { healthRoutes } from './routes/health.ts';
import { MANAGEMENT_METHODS, managementRoutes } from './routes/management.ts';
import { pricingRoutes } from './routes/pricing.ts';
import { known, refuseWhenFull, serveCall, wantsPretty } from './serve-call.ts';
import { type ManagementDoorDeps, serveManagement } from './serve-management.ts';
import { writeError } from './write-reply.ts';

export interface ServerOptions extends ManagementDoorDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly bodyLimitBytes: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly version: string;
  /** Whose pages may call; none when empty. */
  readonly corsOrigins: readonly string[];
  /** Would a call be served right now? */
  ready(): boolean;
}

const MAX_HEADER_BYTES = 64 * 1024;

/** A request may name a host before its path, as proxies get them: passed on like that, it could lead somewhere else. */
const HOST_BEFORE_PATH = /^https?:\/\/[^/?#]*(?=\/)/i;

/** The path alone; of SDKs that were given a base URL with the version and add it themselves, with one version. */
const plainUrl = (url: string): string => {
  const path = url.replace(HOST_BEFORE_PATH, '');
  return path.startsWith('/v1/v1/') ? path.slice(3) : path;
};

/** The data plane's HTTP server: limits, then routes, as one list each. */
export const createServer = (options: ServerOptions): FastifyInstance => {
  const app = fastify({
    bodyLimit: options.bodyLimitBytes,
    requestTimeout: options.requestTimeoutMs,
    connectionTimeout: 0,
    keepAliveTimeout: 75_000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    rewriteUrl: ({ url = '/' }) => plainUrl(url),
    // What the router refuses before any hook: a path that is no UTF-8.
    frameworkErrors: (error, request, reply) => refuse(request, reply, fromFastify(error, options), options),
    forceCloseConnections: 'idle',
    // A request that still gets through while draining is served.
    return503OnClosing: false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: options.headersTimeoutMs,
      // Node looks for slow clients only this often; its default of 30 s makes the timeouts above a fiction.
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 75_000,
    },
    clientErrorHandler: answerBrokenRequest,
    genReqId: () => '',
    logger: false,
  });

  options.inFlight.watch(app.server);
  if (options.corsOrigins.length > 0) {
    app.addHook('onRequest', (request, reply, done) => {
      if (!allowOrigin(options.corsOrigins, request.raw, reply.raw)) return done();
      reply.hijack();
    });
  }
  app.removeAllContentTypeParsers();
  // Any type is taken in: what it may be is judged once it is known who asks.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: FastifyError, request, reply) =>
    refuse(request, reply, fromFastify(error, options), options),
  );
  app.setNotFoundHandler((request, reply) => refuse(request, reply, notFound(request), options));

  healthRoutes(app, options);
  pricingRoutes(app, options.clock);
  const onRequest = refuseWhenFull(options);
  for (const url of managementRoutes)
    app.route({ method: [...MANAGEMENT_METHODS], url, onRequest, handler: serveManagement(options) });
  for (const { method, path, asks } of callRoutes)
    app.route({ method, url: path, onRequest, handler: serveCall(asks, options) });
  return app;
};

const refuse = (
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  { log, clientStallMs }: ServerOptions,
): void => {
  reply.hijack();
  const ids = readIdentifiers(request.headers, request.method, request.url);
  const platformError = known(error, log, ids.traceId);
  // What remains of a refused body is not read: the connection cannot be used again.
  if (platformError.status === 413 || platformError.status === 408) reply.raw.setHeader('connection', 'close');
  writeError(reply.raw, platformError, ids, { pretty: wantsPretty(request.url), clientStallMs });
};

const notFound = (request: FastifyRequest): PlatformError =>
  request.method === 'PATCH' || paths.has(pathOf(request))
    ? new PlatformError('method_not_allowed', { public: `${request.method} is not supported on ${pathOf(request)}` })
    : new PlatformError('not_found', { public: 'Not Found' });

const paths = new Set(callRoutes.map(({ path }) => path));

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '/';

/** Fastify's refusals in our words. */
const fromFastify = (error: FastifyError, options: ServerOptions): unknown => {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE': {
      const megabytes = Math.round((options.bodyLimitBytes / (1024 * 1024)) * 100) / 100;
      return new PlatformError('request_too_large', { public: `Payload size exceeds the limit of ${megabytes}MB` });
    }
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new PlatformError('invalid_request_error', {
        public: 'The body is not as long as content-length says',
        param: 'content-length',
      });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new PlatformError('invalid_request_error', { public: 'Request body is not valid JSON' });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new PlatformError('invalid_request_error', {
        public: 'Invalid content type passed',
        param: 'content-type',
      });
    default:
      return (error.statusCode ?? 500) < 500
        ? new PlatformError('invalid_request_error', { public: 'The request is not valid', cause: error })
        : error;
  }
};

const BROKEN_REQUESTS: Readonly<Record<string, PlatformError>> = {
  HPE_HEADER_OVERFLOW: new PlatformError('header_too_large', {
    public: `The header block exceeds ${MAX_HEADER_BYTES / 1024}KB`,
  }),
  ERR_HTTP_REQUEST_TIMEOUT: new PlatformError('request_timeout', { public: 'The request was not complete in time' }),
};
const MALFORMED = new PlatformError('invalid_request_error', { public: 'The request is not valid HTTP' });

/** Requests that never became one: answered on the bare socket, with a trace id all the same. */
const answerBrokenRequest = (error: NodeJS.ErrnoException, socket: import('node:net').Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const known = BROKEN_REQUESTS[error.code ?? ''] ?? MALFORMED;
  const id = randomUUID();
  const body = JSON.stringify({
    status: 'failure',
    message: known.message,
    error: { message: known.message, type: known.type, param: known.param, code: known.code },
  });
  const head = [
    `HTTP/1.1 ${known.status} ${known.type}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-portkey-trace-id: ${id}`,
    `x-portkey-request-id: ${id}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};

import { randomUUID } from 'node:crypto';
import { PlatformError } from '@portolan/service-kit';
import { type FastifyError, type FastifyInstance, fastify } from 'fastify';
import type { Deps } from '../deps.ts';
import type { Metrics } from '../metrics.ts';
import { routes } from './routes/index.ts';
import { sendError, serve, toPlatformError } from './serve.ts';

export interface ServerOptions {
  readonly deps: Deps;
  /** Absent: nothing is counted. */
  readonly metrics?: Pick<Metrics, 'called'>;
  readonly bodyLimitBytes: number;
  /** A client must have sent its whole request by then. */
  readonly requestTimeoutMs: number;
  /** Whether the address of the caller may be taken from `x-forwarded-for`: the names or ranges of the proxies that set it. */
  readonly trustedProxies: readonly string[];
}

const MAX_HEADER_BYTES = 32 * 1024;

/** The path alone: without a host before it, and of clients that add the version to a base that has it, or say `/v2`, as `/v1`. */
const plainUrl = (url: string): string =>
  url.replace(/^https?:\/\/[^/?#]*(?=\/)/i, '').replace(/^(\/v[12]){1,2}(?=\/)/, '/v1');

const fromFastify = (error: FastifyError, bodyLimitBytes: number): unknown => {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new PlatformError('request_too_large', {
      public: `The body is larger than ${bodyLimitBytes} bytes.`,
      param: 'body',
    });
  }
  return (error.statusCode ?? 500) < 500
    ? new PlatformError('invalid_request_error', { public: 'The request is not valid.', cause: error })
    : error;
};

/** The HTTP server of the management API: limits, then every route from one list. */
export const createServer = ({
  deps,
  metrics,
  bodyLimitBytes,
  requestTimeoutMs,
  trustedProxies,
}: ServerOptions): FastifyInstance => {
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    rewriteUrl: ({ url = '/' }) => plainUrl(url),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
    logger: false,
    // What the router itself refuses, before any hook: a path that is no UTF-8, or a parameter that is too long.
    frameworkErrors: (error, _request, reply) => {
      const ids = newIds();
      return sendError(reply, toPlatformError(fromFastify(error, bodyLimitBytes), deps, ids), ids);
    },
  });
  const newIds = () => {
    const requestId = randomUUID();
    return { requestId, traceId: requestId };
  };
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics?.called(request.method, route, reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
  app.removeAllContentTypeParsers();
  // Clients name JSON where there is no body, and the other way round: what came is judged by itself.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const ids = newIds();
    return sendError(reply, toPlatformError(fromFastify(error, bodyLimitBytes), deps, ids), ids);
  });
  app.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new PlatformError('not_found', { public: `There is no ${request.method} ${request.url.split('?')[0]}.` }),
      newIds(),
    ),
  );
  for (const route of routes) {
    for (const path of [route.path, ...(route.aliases ?? [])]) {
      app.route({ method: route.method, url: `/v1${path}`, handler: serve(route, deps) });
    }
  }
  return app;
};

import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a page may read of an answer, besides its body. */
const EXPOSED = [
  'x-portkey-trace-id',
  'x-portkey-request-id',
  'x-portkey-provider',
  'x-portkey-cache-status',
  'x-portkey-retry-attempt-count',
  'x-portkey-last-used-option-index',
  'x-portkey-param-notices',
  'retry-after',
].join(', ');

const PREFLIGHT_SECONDS = '600';

/**
 * Lets pages of the listed origins call (`*` for all). Preflight requests are answered before anybody asks for a key:
 * browsers send none with them.
 * @returns true when the request has been answered
 */
export const allowOrigin = (
  origins: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean => {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  const allowed = origins.includes('*') || origins.includes(origin);
  if (allowed) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', EXPOSED);
    response.setHeader('vary', 'origin');
  }
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false;
  if (allowed) {
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE');
    response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*');
    response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  }
  response.writeHead(204).end();
  return true;
};

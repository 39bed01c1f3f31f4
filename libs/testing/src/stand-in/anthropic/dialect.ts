import { sseFrame } from '@portolan/rehearsal';
import type { Dialect, Route, WireError } from '../dialect.ts';
import { bearerOf, isAccepted } from '../headers.ts';
import { object } from '../shape.ts';
import { answerMessages, messagesAsk, replyCount } from './messages.ts';
import { countShape, messagesShape } from './shapes.ts';

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const bodyOf = (status: number, message: string) => ({
  type: 'error',
  error: { type: TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'), message },
});

const error = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): WireError => ({
  status,
  body: { ...bodyOf(status, message), request_id: 'req_stand_in' },
  headers: { 'request-id': 'req_stand_in', ...headers },
});

const MESSAGES = { missing: 'Field required', unknown: 'Extra inputs are not permitted' } as const;

const ROUTES: Readonly<Record<string, Route>> = {
  'POST /messages': { shape: messagesShape, ask: messagesAsk, answer: answerMessages },
  'POST /messages/count_tokens': { shape: countShape, reply: replyCount },
  'GET /models': {
    shape: object({}),
    reply: () => ({
      body: {
        data: [
          {
            type: 'model',
            id: 'claude-haiku-4-5',
            display_name: 'Claude Haiku 4.5',
            created_at: '2025-10-01T00:00:00Z',
          },
        ],
        has_more: false,
        first_id: 'claude-haiku-4-5',
        last_id: 'claude-haiku-4-5',
      },
    }),
  },
};

export const anthropic: Dialect = {
  basePath: '/v1',
  authenticate(headers, apiKey) {
    const key = headers['x-api-key'] ?? bearerOf(headers);
    if (!isAccepted(key, apiKey))
      return error(401, key === undefined ? 'x-api-key header is required' : 'invalid x-api-key');
    return headers['anthropic-version'] === undefined ? error(400, 'anthropic-version: header is required') : undefined;
  },
  route: (method, path) => ROUTES[`${method} ${path}`],
  badShape({ kind, path, message }) {
    if (kind === 'unknown_model') return error(404, `${path.join('.')}: ${message}`);
    return error(400, `${path.join('.')}: ${kind === 'invalid' ? message : MESSAGES[kind]}`);
  },
  error: (status, message, retryAfterS) =>
    error(status, message, retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  errorEvent: (status, message) => sseFrame(bodyOf(status, message), 'error'),
};

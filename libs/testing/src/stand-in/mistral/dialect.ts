import { sseFrame } from '@portolan/rehearsal';
import type { Dialect, Route, WireError } from '../dialect.ts';
import { bearerOf, isAccepted } from '../headers.ts';
import { chatAsk } from '../openai/ask.ts';
import { CREATED_S } from '../openai/chat.ts';
import { object } from '../shape.ts';
import { answerChat, replyEmbeddings } from './chat.ts';
import { chatShape, embeddingShape } from './shapes.ts';

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found',
  422: 'invalid_request_error',
  429: 'rate_limited',
  503: 'service_unavailable',
};

const CODES: Readonly<Record<number, string>> = { 400: '1500', 429: '1300', 500: '1000', 503: '3505' };

const bodyOf = (status: number, message: string) => ({
  object: 'error',
  message,
  type: TYPES[status] ?? 'internal_server_error',
  param: null,
  code: CODES[status] ?? null,
});

const error = (status: number, message: string): WireError => ({ status, body: bodyOf(status, message) });

const DETAIL_TYPES = { missing: 'missing', unknown: 'extra_forbidden', invalid: 'value_error' } as const;

const ROUTES: Readonly<Record<string, Route>> = {
  'POST /chat/completions': { shape: chatShape, ask: chatAsk, answer: answerChat },
  'POST /embeddings': { shape: embeddingShape, reply: replyEmbeddings },
  'GET /models': {
    shape: object({}),
    reply: () => ({
      body: {
        object: 'list',
        data: [{ id: 'mistral-small-latest', object: 'model', created: CREATED_S, owned_by: 'mistralai' }],
      },
    }),
  },
};

export const mistral: Dialect = {
  basePath: '/v1',
  authenticate: (headers, apiKey) =>
    isAccepted(bearerOf(headers), apiKey)
      ? undefined
      : { status: 401, body: { message: 'Unauthorized', request_id: 'stand-in' } },
  route: (method, path) => ROUTES[`${method} ${path}`],
  badShape({ kind, path, message }) {
    if (kind === 'unknown_model')
      return { status: 400, body: { ...bodyOf(400, `Invalid model. ${message}`), type: 'invalid_model' } };
    return { status: 422, body: { detail: [{ type: DETAIL_TYPES[kind], loc: ['body', ...path], msg: message }] } };
  },
  error(status, message, retryAfterS) {
    const headers = retryAfterS === undefined ? {} : { headers: { 'retry-after': String(retryAfterS) } };
    return { ...error(status, message), ...headers };
  },
  errorEvent: (status, message) => sseFrame(bodyOf(status, message)),
};

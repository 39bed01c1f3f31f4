import { sseFrame } from '@portolan/rehearsal';
import type { Dialect, Route, WireError } from '../dialect.ts';
import { bearerOf, isAccepted } from '../headers.ts';
import { object, type Problem } from '../shape.ts';
import { chatAsk } from './ask.ts';
import { answerChat, CREATED_S } from './chat.ts';
import { answerCompletion, completionAsk } from './completions.ts';
import { replyEmbeddings } from './embeddings.ts';
import { chatShape, completionShape, embeddingShape } from './shapes.ts';

const error = (
  status: number,
  message: string,
  { code = null, param = null }: { code?: string | null; param?: string | null } = {},
): WireError => ({ status, body: { error: { message, type: typeOf(status), param, code: code ?? codeOf(status) } } });

const typeOf = (status: number): string => {
  if (status === 429) return 'requests';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
};

const codeOf = (status: number): string | null => {
  if (status === 429) return 'rate_limit_exceeded';
  return status === 401 ? 'invalid_api_key' : null;
};

const PARAM_CODES: Readonly<Record<Problem['kind'], string>> = {
  missing: 'missing_required_parameter',
  unknown: 'unknown_parameter',
  invalid: 'invalid_value',
  unknown_model: 'model_not_found',
};

const pathText = (path: Problem['path']): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );

const ROUTES: Readonly<Record<string, Route>> = {
  'POST /chat/completions': { shape: chatShape, ask: chatAsk, answer: answerChat },
  'POST /completions': { shape: completionShape, ask: completionAsk, answer: answerCompletion },
  'POST /embeddings': { shape: embeddingShape, reply: replyEmbeddings },
  'GET /models': {
    shape: object({}),
    reply: () => ({
      body: {
        object: 'list',
        data: ['gpt-4o-mini', 'gpt-4.1'].map((id) => ({ id, object: 'model', created: CREATED_S, owned_by: 'openai' })),
      },
    }),
  },
};

export const openai: Dialect = {
  basePath: '/v1',
  authenticate: (headers, apiKey) =>
    isAccepted(bearerOf(headers), apiKey) ? undefined : error(401, 'Incorrect API key provided.'),
  route: (method, path) => ROUTES[`${method} ${path}`],
  badShape({ kind, path, message }) {
    const param = pathText(path);
    const status = kind === 'unknown_model' ? 404 : 400;
    return error(status, `'${param}' ${message}.`, { code: PARAM_CODES[kind], param });
  },
  error(status, message, retryAfterS) {
    const headers: Record<string, string> = { 'x-request-id': 'req_stand_in' };
    if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS);
    return { ...error(status, message), headers };
  },
  errorEvent: (_status, message) => sseFrame({ error: { message, type: 'server_error', param: null, code: null } }),
};

import { sseFrame } from '@portolan/rehearsal';
import type { Dialect, Route, WireError } from '../dialect.ts';
import { isAccepted } from '../headers.ts';
import { modelName, object, type Shape } from '../shape.ts';
import { replyBatchEmbed, replyCount, replyEmbed } from './embed.ts';
import { answerGenerate, generateAsk } from './generate.ts';
import { batchEmbedShape, countShape, embedShape, generateShape } from './shapes.ts';

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

const error = (status: number, message: string, details: readonly object[] = []): WireError => ({
  status,
  body: {
    error: {
      code: status,
      message,
      status: STATUSES[status] ?? 'UNKNOWN',
      ...(details.length === 0 ? {} : { details }),
    },
  },
});

const model = modelName(/^(gemini|gemma|text-embedding|embedding|imagen)/);

/** The model stands in the path, so it is looked at together with the body. */
const forModel =
  (name: string, shape: Shape): Shape =>
  (value, path) =>
    model(name, ['model']) ?? shape(value, path);

type Method = (name: string, sse: boolean) => Route;

const generate =
  (stream: boolean): Method =>
  (name, sse) => ({
    shape: forModel(name, generateShape(/^gemini-[3-9]/.test(name))),
    ask: (body) => generateAsk(body, name, stream),
    answer: (said, ask) => answerGenerate(said, ask, sse),
  });

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['generateContent', generate(false)],
  ['streamGenerateContent', generate(true)],
  ['embedContent', (name) => ({ shape: forModel(name, embedShape), reply: replyEmbed })],
  ['batchEmbedContents', (name) => ({ shape: forModel(name, batchEmbedShape), reply: replyBatchEmbed })],
  ['countTokens', (name) => ({ shape: forModel(name, countShape), reply: replyCount })],
]);

const MODELS: Route = {
  shape: object({}),
  reply: () => ({ body: { models: [{ name: 'models/gemini-2.5-flash', displayName: 'Gemini 2.5 Flash' }] } }),
};

export const google: Dialect = {
  basePath: '/v1beta',
  authenticate(headers, apiKey) {
    const key = headers['x-goog-api-key'];
    if (key === undefined) return error(403, 'Method does not allow unregistered callers.');
    if (isAccepted(key, apiKey)) return undefined;
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
    return error(400, 'API key not valid. Please pass a valid API key.', details);
  },
  route(method, path, query) {
    if (method === 'GET' && path === '/models') return MODELS;
    const [, name = '', verb = ''] = /^\/models\/([^/:]+):(\w+)$/.exec(path) ?? [];
    return method === 'POST' ? METHODS.get(verb)?.(name, query.get('alt') === 'sse') : undefined;
  },
  badShape({ kind, path, message }) {
    const field = path.join('.');
    if (kind === 'unknown_model') return error(404, `models/${message}`);
    if (kind === 'unknown')
      return error(
        400,
        `Invalid JSON payload received. Unknown name "${path.at(-1)}" at '${field}': Cannot find field.`,
      );
    return error(400, `${field} ${message}`);
  },
  error: (status, message, retryAfterS) =>
    error(
      status,
      message,
      // This provider says it in the body only.
      retryAfterS === undefined
        ? []
        : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterS}s` }],
    ),
  errorEvent: (status, message) => sseFrame(error(status, message).body),
};

import type { IncomingMessage, ServerResponse } from 'node:http';
import { behaviourOf, steadyPart } from './behaviour.ts';
import { conductOf } from './conduct.ts';
import { type Answer, deliver, jsonAnswer } from './delivery.ts';
import { ENDPOINTS, modelList } from './endpoints.ts';
import { errorBody } from './errors.ts';
import { type FailureCount, failureCount } from './failure-count.ts';
import { isObject, parseJson, stringAt } from './json.ts';
import { listen } from './listen.ts';
import { readBody } from './read-body.ts';

const MAX_BODY_BYTES = 16 * 1024 * 1024;

export interface Rehearsal {
  /** Base URL of the API, version segment included. */
  readonly url: string;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/**
 * Starts a provider that needs no key and speaks the OpenAI API: chat and text completions (plain and streamed),
 * tool calls, JSON answers, embeddings, models. Equal requests get equal answers; a token is a word. The model name
 * chooses how it behaves: see `behaviourOf` for the grammar and `REHEARSAL_MODELS` for a selection.
 * @param host loopback unless told otherwise: anyone who reaches it may use it
 * @param port 0 takes any free one
 * @throws when the address cannot be listened on
 */
export const startRehearsal = async (
  options: { readonly host?: string; readonly port?: number } = {},
): Promise<Rehearsal> => {
  const failures = failureCount();
  const server = await listen((request, response) => serve(request, response, failures), options);
  return { url: `${server.origin}/v1`, close: server.close };
};

const serve = async (request: IncomingMessage, response: ServerResponse, failures: FailureCount): Promise<void> => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://rehearsal');
  if (request.method === 'GET' && pathname === '/v1/models') return deliver(response, jsonAnswer(200, modelList()));
  const endpoint = ENDPOINTS.get(pathname);
  if (endpoint === undefined || request.method !== 'POST') {
    return deliver(response, refused(404, `There is no ${request.method} ${pathname} here.`, 'unknown_url'));
  }
  const text = await readBody(request, MAX_BODY_BYTES);
  if (text === undefined) return deliver(response, refused(413, `A body may have ${MAX_BODY_BYTES} bytes.`));
  const body = parseJson(text);
  if (!isObject(body)) return deliver(response, refused(400, 'The body is not a JSON object.'));
  const model = stringAt(body, 'model');
  if (model === undefined) return deliver(response, refused(400, 'model is required.', null, 'model'));
  const parsed = behaviourOf(model);
  if (parsed.type === 'unknown_model') {
    return deliver(response, refused(404, `The model \`${model}\` does not exist; try \`rehearsal\`.`, null, 'model'));
  }
  if (parsed.type === 'bad_option') return deliver(response, refused(400, `${parsed.problem}.`, null, 'model'));
  const { times } = parsed.behaviour;
  const recovered = times !== undefined && !failures.fails(`${stringAt(body, 'user') ?? ''}\n${model}`, times);
  const behaviour = recovered ? steadyPart(parsed.behaviour) : parsed.behaviour;
  const content = endpoint(body, model, behaviour);
  if ('message' in content) return deliver(response, refused(400, content.message, null, content.param));
  const { answer, manners } = conductOf(content, behaviour, pathname, searchParams.get('redirected') === '1');
  return deliver(response, answer, manners);
};

const refused = (status: number, message: string, code: string | null = null, param: string | null = null): Answer =>
  jsonAnswer(status, errorBody(status, message, code, param));

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Answer,
  deliver,
  isObject,
  jsonAnswer,
  listen,
  parseJson,
  readBody,
  sseAnswer,
  textAnswer,
} from '@portolan/rehearsal';
import { anthropic } from './anthropic/dialect.ts';
import type { Dialect, Route, Sent, WireError } from './dialect.ts';
import { google } from './google/dialect.ts';
import { mistral } from './mistral/dialect.ts';
import { openai } from './openai/dialect.ts';
import { type RecordedRequest, type Recording, recorder } from './recorder.ts';
import { say } from './say.ts';
import { type Behaviour, mannersOf, type ScriptedAnswer } from './script.ts';

const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_RECORDED = 1000;

const DIALECTS = { openai, anthropic, google, 'mistral-ai': mistral } as const satisfies Readonly<
  Record<string, Dialect>
>;

export type StandInName = keyof typeof DIALECTS;

export interface StandIn {
  /** Goes into `custom_host`: the base URL with its version segment. */
  readonly url: string;
  /** What arrived, oldest first; the last 1000 are kept. */
  readonly requests: readonly RecordedRequest[];
  /** Queues behaviours: one for each accepted request. When none is left, everything goes well. */
  script(...behaviours: readonly Behaviour[]): void;
  /** Forgets what was scripted and recorded. */
  reset(): void;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/**
 * A server on loopback that speaks a provider's wire format: it checks key and body as strictly as the provider
 * and refuses in the provider's words, then answers as scripted. Refused requests use up no behaviour.
 * @param apiKey the only key that is accepted; any key when absent
 */
export const startStandIn = async (
  name: StandInName,
  { apiKey }: { readonly apiKey?: string } = {},
): Promise<StandIn> => {
  const dialect = DIALECTS[name];
  const scripted: Behaviour[] = [];
  const { requests, record, forget } = recorder(MAX_RECORDED);
  const server = await listen(async (request, response) => {
    const text = (await readBody(request, MAX_BODY_BYTES)) ?? '';
    const recording = record(request, text, response);
    const arrival = { dialect, request, body: parseJson(text), apiKey };
    const accepted = accept(arrival, recording);
    if ('status' in accepted) return deliver(response, jsonAnswer(accepted.status, accepted.body, accepted.headers));
    const next = scripted.shift() ?? 'ok';
    await perform(response, dialect, accepted, next === 'ok' ? {} : next, recording);
  });
  return {
    url: `${server.origin}${dialect.basePath}`,
    requests,
    script(...behaviours) {
      scripted.push(...behaviours);
    },
    reset() {
      scripted.length = 0;
      forget();
    },
    close: server.close,
  };
};

interface Accepted {
  readonly route: Route;
  readonly body: Parameters<Extract<Route, { reply: unknown }>['reply']>[0];
}

/** Everything the provider looks at before it answers. A refusal is recorded with its reason. */
const accept = (
  arrival: {
    readonly dialect: Dialect;
    readonly request: IncomingMessage;
    readonly body: unknown;
    readonly apiKey: string | undefined;
  },
  recording: Recording,
): Accepted | WireError => {
  const { dialect, request, body, apiKey } = arrival;
  const { method, headers } = recording.request;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand-in');
  const refuse = (error: WireError, problem: string): WireError => {
    recording.refused(problem);
    return error;
  };
  const unauthorised = dialect.authenticate(headers, apiKey);
  if (unauthorised !== undefined) return refuse(unauthorised, 'the key is missing or wrong');
  const inside = pathname.startsWith(`${dialect.basePath}/`);
  const route = inside ? dialect.route(method, pathname.slice(dialect.basePath.length), searchParams) : undefined;
  if (route === undefined) {
    const problem = `there is no ${method} ${pathname}`;
    return refuse(dialect.error(404, problem), problem);
  }
  const given = method === 'GET' ? {} : body;
  if (!isObject(given))
    return refuse(dialect.error(400, 'The body is not a JSON object.'), 'the body is not a JSON object');
  const problem = route.shape(given, []);
  if (problem === undefined) return { route, body: given };
  return refuse(dialect.badShape(problem), `${problem.path.join('.')} ${problem.message}`);
};

const perform = async (
  response: ServerResponse,
  dialect: Dialect,
  { route, body }: Accepted,
  scripted: ScriptedAnswer,
  recording: Recording,
): Promise<void> => {
  if (scripted.hold !== undefined) await Promise.race([scripted.hold.catch(() => undefined), recording.closed]);
  const manners = mannersOf(scripted);
  if (manners.ending?.type === 'cut' || manners.ending?.type === 'reset') recording.breaks();
  await deliver(response, answerOf(dialect, route, body, scripted), manners);
};

const answerOf = (dialect: Dialect, route: Route, body: Accepted['body'], scripted: ScriptedAnswer): Answer => {
  const message = scripted.message ?? 'The stand-in was told to fail.';
  if (scripted.rawBody !== undefined) {
    const type = scripted.rawBody.startsWith('<') ? 'text/html; charset=utf-8' : 'application/json';
    return textAnswer(scripted.status ?? 200, type, scripted.rawBody, scripted.headers);
  }
  if (scripted.status !== undefined) {
    const error = dialect.error(scripted.status, message, scripted.retryAfterS);
    return jsonAnswer(error.status, error.body, { ...error.headers, ...scripted.headers });
  }
  const sent = 'reply' in route ? route.reply(body) : spoken(route, body, scripted);
  const headers = { ...sent.headers, ...scripted.headers };
  if ('body' in sent) return jsonAnswer(200, sent.body, headers);
  const { errorAfter } = scripted;
  const events =
    errorAfter === undefined ? sent.events : [...sent.events.slice(0, errorAfter), dialect.errorEvent(500, message)];
  return sseAnswer(events, sent.contentType === undefined ? headers : { ...headers, 'content-type': sent.contentType });
};

const spoken = (route: Extract<Route, { ask: unknown }>, body: Accepted['body'], scripted: ScriptedAnswer): Sent => {
  const ask = route.ask(body);
  return route.answer(say(ask, scripted), ask, body);
};

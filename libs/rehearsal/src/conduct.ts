import type { Behaviour } from './behaviour.ts';
import {
  type Answer,
  gzipped,
  jsonAnswer,
  type Manners,
  sseAnswer,
  sseFrame,
  textAnswer,
  withShortLength,
} from './delivery.ts';
import { errorBody } from './errors.ts';

/** What an endpoint would answer if nothing went wrong: a body, or the objects of a stream. */
export type Content = { readonly body: object } | { readonly chunks: readonly object[] };

export interface Conduct {
  readonly answer: Answer;
  readonly manners: Manners;
}

const IN_STREAM_ERROR = errorBody(500, 'The rehearsal provider was asked to fail in the stream.', 'rehearsed_failure');
const PAGE = '<!doctype html><html><body><h1>This is not the API you are looking for</h1></body></html>';

/** Puts a behaviour on top of an answer. Pure: what happens is decided here, `deliver` only does it. */
export const conductOf = (content: Content, behaviour: Behaviour, path: string, redirected: boolean): Conduct => {
  const answer = faulty(content, behaviour) ?? answerOf(content, behaviour);
  const target = behaviour.redirect === 1 && !redirected ? redirectTo(path) : answer;
  const packed = behaviour.gzip === 1 ? gzipped(target) : target;
  return {
    answer: behaviour['short-length'] === 1 ? withShortLength(packed) : packed,
    manners: {
      delayMs: behaviour.delay ?? 0,
      firstFrameMs: behaviour['first-token'] ?? 0,
      paceMs: 'chunks' in content ? (behaviour.pace ?? 0) : 0,
      ...endingOf(behaviour),
    },
  };
};

const endingOf = (behaviour: Behaviour): Pick<Manners, 'ending'> => {
  if (behaviour.reset === 1) return { ending: { type: 'reset' } };
  if (behaviour.silent === 1) return { ending: { type: 'silent' } };
  if (behaviour.cut !== undefined) return { ending: { type: 'cut', after: behaviour.cut } };
  if (behaviour.stall !== undefined) return { ending: { type: 'stall', after: behaviour.stall } };
  return {};
};

/** An answer that replaces the content as a whole, or undefined. */
const faulty = (content: Content, behaviour: Behaviour): Answer | undefined => {
  const { status } = behaviour;
  const retryAfter = behaviour['retry-after'];
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  if (behaviour.html === 1) return textAnswer(status ?? 200, 'text/html; charset=utf-8', PAGE, headers);
  if (status !== undefined) {
    return jsonAnswer(status, errorBody(status, `The rehearsal provider was asked for status ${status}.`), headers);
  }
  if ('chunks' in content) return undefined;
  if (behaviour['error-event'] !== undefined) return jsonAnswer(200, IN_STREAM_ERROR);
  if (behaviour.malformed === undefined) return undefined;
  const text = JSON.stringify(content.body);
  return textAnswer(200, 'application/json', text.slice(0, text.length >> 1));
};

const answerOf = (content: Content, behaviour: Behaviour): Answer => {
  if ('body' in content) return jsonAnswer(200, content.body);
  const events: (object | string)[] = [...content.chunks, ...(behaviour['no-done'] === 1 ? [] : ['[DONE]'])];
  const { malformed } = behaviour;
  if (malformed !== undefined) events[Math.min(malformed, content.chunks.length - 1)] = '{"id":"chatcmpl-';
  const error = behaviour['error-event'];
  if (error !== undefined) events.splice(error, Number.POSITIVE_INFINITY, IN_STREAM_ERROR);
  return sseAnswer(events.map((event) => sseFrame(event)));
};

const redirectTo = (path: string): Answer =>
  textAnswer(307, 'text/plain', 'Temporary Redirect', { location: `${path}?redirected=1` });

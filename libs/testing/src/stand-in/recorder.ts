import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Json, parseJson } from '@portolan/rehearsal';

/** One request as it arrived. `outcome` changes while it is served: wait for it with `until`. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; undefined when it is not JSON. */
  readonly body: Json | undefined;
  readonly rawBody: string;
  /** Why the stand-in refused it: a test that is surprised by a 4xx prints this. */
  readonly problem: string | undefined;
  /** `left`: the caller closed the connection before the answer was complete. `broken`: we did, as scripted. */
  readonly outcome: 'pending' | 'answered' | 'left' | 'broken';
}

/** A request under way. */
export interface Recording {
  readonly request: RecordedRequest;
  /** Settles when the connection is done with this answer. */
  readonly closed: Promise<void>;
  refused(problem: string): void;
  /** From now on a closed connection was our doing. */
  breaks(): void;
}

/** Keeps the last requests, at most `max`. */
export const recorder = (max: number) => {
  const requests: RecordedRequest[] = [];
  return {
    requests: requests as readonly RecordedRequest[],
    forget() {
      requests.length = 0;
    },
    record(request: IncomingMessage, text: string, response: ServerResponse): Recording {
      let problem: string | undefined;
      let breaking = false;
      let outcome: RecordedRequest['outcome'] = 'pending';
      const recorded: RecordedRequest = {
        method: request.method ?? 'GET',
        path: request.url ?? '/',
        headers: flat(request.headers),
        body: parseJson(text),
        rawBody: text,
        get problem() {
          return problem;
        },
        get outcome() {
          return outcome;
        },
      };
      const closed = new Promise<void>((resolve) => {
        const settle = () => {
          outcome = response.writableFinished ? 'answered' : breaking ? 'broken' : 'left';
          resolve();
        };
        if (response.closed) settle();
        else response.once('close', settle);
      });
      requests.push(recorded);
      if (requests.length > max) requests.shift();
      return {
        request: recorded,
        closed,
        refused(reason) {
          problem = reason;
        },
        breaks() {
          breaking = true;
        },
      };
    },
  };
};

const flat = (headers: IncomingMessage['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

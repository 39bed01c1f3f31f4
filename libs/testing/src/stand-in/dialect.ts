import type { JsonObject } from '@portolan/rehearsal';
import type { Said } from './say.ts';
import type { Problem, Shape } from './shape.ts';

/** A tool as the caller offered it. */
export interface Tool {
  readonly name: string;
  readonly schema: JsonObject | undefined;
}

/** What a request asks for, whatever the provider calls it. */
export interface Ask {
  readonly model: string;
  readonly stream: boolean;
  /** All text of the conversation, for counting. */
  readonly promptText: string;
  readonly userText: string;
  /** The tool result the conversation ends in, when it does. */
  readonly toolResult?: string | undefined;
  readonly tools: readonly Tool[];
  readonly toolChoice: 'none' | 'auto' | 'required' | { readonly name: string };
  readonly maxTokens?: number | undefined;
  /** The schema an answer in JSON must have; an empty one when any object will do. */
  readonly jsonSchema?: JsonObject | undefined;
}

/** What to send: a body, or the events of a stream as bytes. */
export type Sent =
  | { readonly body: object; readonly headers?: Readonly<Record<string, string>> }
  | {
      readonly events: readonly Uint8Array[];
      readonly headers?: Readonly<Record<string, string>>;
      /** `application/json` for a stream that is one document. */
      readonly contentType?: string;
    };

/** A path of the provider. */
export type Route = {
  /** @returns the first problem of a body, or undefined */
  readonly shape: Shape;
} & (
  | { readonly ask: (body: JsonObject) => Ask; readonly answer: (said: Said, ask: Ask, body: JsonObject) => Sent }
  | { readonly reply: (body: JsonObject) => Sent }
);

/** An error answer: body and the headers that belong to it. */
export interface WireError {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How one provider speaks. */
export interface Dialect {
  /** The path of the base URL. */
  readonly basePath: string;
  /** What is wrong with the key of a request, or undefined. Header names are in lower case. */
  authenticate(headers: Readonly<Record<string, string>>, apiKey: string | undefined): WireError | undefined;
  /** @param path what follows the base path */
  route(method: string, path: string, query: URLSearchParams): Route | undefined;
  badShape(problem: Problem): WireError;
  error(status: number, message: string, retryAfterS?: number): WireError;
  /** An error in the middle of a stream, as one event. */
  errorEvent(status: number, message: string): Uint8Array;
}

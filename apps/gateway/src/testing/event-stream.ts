import type { JsonObject } from '@portolan/providers';

/** A streamed answer that came whole, however it ended. */
export interface EventStream {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What stands between blank lines; each one ended by one. */
  readonly frames: readonly string[];
  /** Of the frames with a JSON object and no event name. */
  readonly chunks: readonly JsonObject[];
  readonly isDone: boolean;
  /** The data of the error frame, when it is the last frame of all. */
  readonly error: JsonObject | undefined;
}

/** Reads an answer to its end. @throws when the connection breaks before the answer does */
export const readEvents = async (response: Response): Promise<EventStream> => {
  const text = await response.text();
  const frames = framesOf(text);
  return {
    status: response.status,
    headers: response.headers,
    text,
    frames,
    chunks: frames.filter((frame) => frame.startsWith('data: {')).map(dataOf),
    isDone: text.includes('[DONE]'),
    error: frames.at(-1)?.startsWith('event: error\n') === true ? dataOf(frames.at(-1) ?? '') : undefined,
  };
};

const framesOf = (text: string): string[] => {
  const parts = text.split('\n\n');
  const rest = parts.pop();
  if (rest !== '') throw new Error(`the stream ended inside a frame: ${JSON.stringify(rest)}`);
  return parts;
};

/** The object in the data of a frame. */
export const dataOf = (frame: string): JsonObject =>
  JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? 'null') as JsonObject;

/** Gives one frame after another, each as soon as it came; undefined at the end. */
export const frameReader = (response: Response): { next(): Promise<string | undefined> } => {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  return {
    async next() {
      for (;;) {
        const end = rest.indexOf('\n\n');
        if (end >= 0) {
          const frame = rest.slice(0, end);
          rest = rest.slice(end + 2);
          return frame;
        }
        const read = await reader?.read();
        if (read === undefined || read.done) return undefined;
        rest += read.value;
      }
    },
  };
};

interface Choice {
  readonly delta?: { readonly content?: string | null; readonly role?: string };
  readonly finish_reason?: string | null;
}

const choicesOf = (chunk: JsonObject): readonly Choice[] =>
  Array.isArray(chunk.choices) ? (chunk.choices as readonly Choice[]) : [];

/** The text that the chunks carry. */
export const textOf = (chunks: readonly JsonObject[]): string =>
  chunks.flatMap((chunk) => choicesOf(chunk).map(({ delta }) => delta?.content ?? '')).join('');

export const finishOf = (chunks: readonly JsonObject[]): string | undefined =>
  chunks.flatMap((chunk) => choicesOf(chunk).flatMap(({ finish_reason }) => finish_reason ?? [])).at(-1);

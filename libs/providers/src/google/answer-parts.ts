import { isArray, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';

/**
 * One part of an answer, the same for a plain answer and for a piece of a stream.
 * `block` counts content blocks: neighbouring texts share one, so do neighbouring thoughts.
 */
export type AnswerPart =
  | { readonly kind: 'text' | 'thinking' | 'signature'; readonly block: number; readonly text: string }
  | { readonly kind: 'image'; readonly block: number; readonly image: JsonObject }
  | { readonly kind: 'audio'; readonly id: string; readonly data: string }
  | { readonly kind: 'verbatim'; readonly block: number; readonly part: JsonObject }
  | { readonly kind: 'call'; readonly index: number; readonly call: ToolCall };

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
  readonly signature?: string;
}

/** Reads the parts of one candidate, whole or piece by piece. */
export class PartReader {
  readonly #newId: (prefix: string) => string;
  #block = -1;
  #blockKind = '';
  #calls = 0;
  #audioId: string | undefined;

  constructor(newId: (prefix: string) => string) {
    this.#newId = newId;
  }

  get hasCalls(): boolean {
    return this.#calls > 0;
  }

  read(candidate: JsonObject): readonly AnswerPart[] {
    const parts = objectAt(candidate, 'content')?.parts;
    return isArray(parts) ? parts.filter(isObject).flatMap((part) => this.#readPart(part)) : [];
  }

  #readPart(part: JsonObject): readonly AnswerPart[] {
    const signature = stringAt(part, 'thoughtSignature');
    const call = objectAt(part, 'functionCall');
    if (call !== undefined) return [this.#call(call, signature)];
    const text = stringAt(part, 'text');
    if (text !== undefined) return this.#text(text, part.thought === true ? 'thinking' : 'text', signature);
    const media = objectAt(part, 'inlineData');
    if (media !== undefined) return this.#media(media);
    const isVerbatim = isObject(part.executableCode) || isObject(part.codeExecutionResult);
    return isVerbatim ? [{ kind: 'verbatim', block: this.#open('verbatim', true), part }] : [];
  }

  #call(call: JsonObject, signature: string | undefined): AnswerPart {
    const index = this.#calls;
    this.#calls += 1;
    return {
      kind: 'call',
      index,
      call: {
        id: stringAt(call, 'id') ?? this.#newId('call_'),
        name: stringAt(call, 'name') ?? '',
        arguments: JSON.stringify(call.args ?? {}),
        ...(signature === undefined ? {} : { signature }),
      },
    };
  }

  /** A signature without text belongs to the block before it. */
  #text(text: string, kind: 'text' | 'thinking', signature: string | undefined): readonly AnswerPart[] {
    if (text === '' && (signature === undefined || this.#block < 0)) return [];
    const block = text === '' ? this.#block : this.#open(kind, false);
    return [
      ...(text === '' ? [] : [{ kind, block, text }]),
      ...(signature === undefined ? [] : [{ kind: 'signature' as const, block, text: signature }]),
    ];
  }

  #media(media: JsonObject): readonly AnswerPart[] {
    const data = stringAt(media, 'data');
    if (data === undefined) return [];
    const mimeType = stringAt(media, 'mimeType') ?? 'image/png';
    if (mimeType.startsWith('audio/')) {
      this.#audioId ??= this.#newId('audio_');
      return [{ kind: 'audio', id: this.#audioId, data }];
    }
    const image = { type: 'image_url', image_url: { url: `data:${mimeType};base64,${data}` } };
    return [{ kind: 'image', block: this.#open('image', true), image }];
  }

  #open(kind: string, isAlwaysNew: boolean): number {
    if (isAlwaysNew || kind !== this.#blockKind) this.#block += 1;
    this.#blockKind = kind;
    return this.#block;
  }
}

/** The candidates of an answer or of a piece of one; undefined when the key holds something else. */
export const candidatesOf = (answer: JsonObject): readonly JsonObject[] | undefined => {
  const { candidates } = answer;
  if (candidates === undefined || candidates === null) return [];
  return isArray(candidates) && candidates.every((candidate: Json) => isObject(candidate))
    ? candidates.filter(isObject)
    : undefined;
};

const EXTRAS = ['groundingMetadata', 'safetyRatings', 'citationMetadata', 'urlContextMetadata'] as const;

/** What a candidate says besides its content, under the names it has there. */
export const extrasOf = (candidate: JsonObject): JsonObject =>
  Object.fromEntries(EXTRAS.filter((key) => candidate[key] !== undefined).map((key) => [key, candidate[key]]));

import { textOf } from '../chat/text-parts.ts';
import { isArray, isObject, type Json, type JsonObject, stringAt } from '../spec/json.ts';

/** One piece of an answer's content, the same for a plain answer and for a piece of a stream. */
export type ContentPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string; readonly signature?: string }
  | { readonly kind: 'other'; readonly block: JsonObject };

/** The pieces of a content: one text, or chunks of several types. Empty texts are left out. */
export const contentPieces = (content: Json | undefined): readonly ContentPiece[] => {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  return isArray(content) ? content.filter(isObject).flatMap(pieceOf) : [];
};

const pieceOf = (chunk: JsonObject): readonly ContentPiece[] => {
  if (chunk.type === 'text') {
    const text = stringAt(chunk, 'text') ?? '';
    return text === '' ? [] : [{ kind: 'text', text }];
  }
  if (chunk.type !== 'thinking') return [{ kind: 'other', block: chunk }];
  const text = textOf(chunk.thinking);
  const signature = stringAt(chunk, 'signature');
  if (text === '' && signature === undefined) return [];
  return [{ kind: 'thinking', text, ...(signature === undefined ? {} : { signature }) }];
};

/** Numbers the content blocks: neighbouring pieces of text, or of thinking, share one. */
export class BlockCounter {
  #block = -1;
  #kind = '';

  /** True once a block has been numbered. */
  get hasBlocks(): boolean {
    return this.#block >= 0;
  }

  at(piece: ContentPiece): number {
    if (piece.kind === 'other' || piece.kind !== this.#kind) this.#block += 1;
    this.#kind = piece.kind;
    return this.#block;
  }
}

/** A call's arguments as JSON text; Mistral gives an object at times. */
export const argumentsText = (value: Json | undefined): string | undefined => {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** The id of a call, or undefined when there is none: the word "null" is none either. */
export const callIdOf = (call: JsonObject): string | undefined => {
  const id = stringAt(call, 'id');
  return id === '' || id === 'null' ? undefined : id;
};

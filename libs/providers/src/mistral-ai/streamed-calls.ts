import { toolArgumentsDelta, toolOpeningDelta } from '../chat/chunks.ts';
import { type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import { argumentsText, callIdOf } from './answer-content.ts';

/** More calls than that in one answer are not an answer. */
const MAX_CALLS = 1024;

/**
 * Numbers the calls of one choice by their ids. Mistral's own index cannot be trusted: parallel calls may share 0.
 * A piece without id and name continues the last call with its index.
 */
export class StreamedCalls {
  readonly #newId: (prefix: string) => string;
  readonly #byId = new Map<string, number>();
  readonly #lastAt = new Map<number, number>();
  #count = 0;

  constructor(newId: (prefix: string) => string) {
    this.#newId = newId;
  }

  get count(): number {
    return this.#count;
  }

  /** The deltas for a call or a piece of one. */
  read(call: JsonObject): readonly JsonObject[] {
    const given = objectAt(call, 'function');
    const fragment = argumentsText(given?.arguments);
    const id = callIdOf(call);
    const name = stringAt(given, 'name') ?? '';
    const place = numberAt(call, 'index') ?? 0;
    const known = id === undefined && name === '' ? this.#lastAt.get(place) : this.#byId.get(id ?? '');
    const index = known ?? this.#count;
    if (known === undefined && this.#count >= MAX_CALLS) return [];
    const deltas: JsonObject[] = [];
    if (known === undefined) {
      const shown = id ?? this.#newId('call_');
      this.#count += 1;
      this.#byId.set(shown, index);
      deltas.push(toolOpeningDelta(index, shown, name));
    }
    this.#lastAt.set(place, index);
    if (fragment !== undefined && fragment !== '') deltas.push(toolArgumentsDelta(index, fragment));
    return deltas;
  }
}

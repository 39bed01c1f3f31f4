import { isObject, type Json, type JsonObject, numberAt, objectAt } from '../spec/json.ts';
import { finishReason } from './finish-reason.ts';
import { callsTools, fixedMessage } from './message.ts';

/** More choices than any request can ask for: a server that counts on must not fill our memory. */
const MAX_CHOICES = 1024;

interface Choice {
  isOpened: boolean;
  isFinished: boolean;
  hasCalls: boolean;
}

/** What is known of the choices of one stream, and the repair of their pieces. */
export class StreamChoices {
  readonly #isChat: boolean;
  readonly #strict: boolean;
  readonly #known: Readonly<Record<string, string>>;
  readonly #byIndex = new Map<number, Choice>();
  #unopened: number[] = [];
  #justFinished = false;

  constructor(isChat: boolean, strict: boolean, known: Readonly<Record<string, string>>) {
    this.#isChat = isChat;
    this.#strict = strict;
    this.#known = known;
  }

  /** A choice's piece put right; the same object when it was. */
  readonly fix = (piece: Json, position: number): Json => {
    if (!isObject(piece)) return piece;
    const index = numberAt(piece, 'index') ?? position;
    const choice = this.#choiceAt(index);
    const delta = this.#isChat ? objectAt(piece, 'delta') : undefined;
    const fixedDelta = delta === undefined ? undefined : this.#fixedDelta(delta, index, choice);
    const given = piece.finish_reason;
    const finish = this.#finishOf(given, choice);
    const isFinishRight = finish === (given ?? null);
    if (fixedDelta === delta && isFinishRight && piece.index === index && piece.message === undefined) return piece;
    // Some servers send the whole message so far beside each delta.
    const { message: _message, ...rest } = piece;
    return {
      ...rest,
      index,
      ...(fixedDelta === undefined ? {} : { delta: fixedDelta }),
      finish_reason: finish,
    };
  };

  get areAllFinished(): boolean {
    if (this.#byIndex.size === 0) return false;
    for (const choice of this.#byIndex.values()) if (!choice.isFinished) return false;
    return true;
  }

  /** The choices whose first piece came without the role that must open it; once. */
  takeUnopened(): readonly number[] {
    const taken = this.#unopened;
    if (taken.length > 0) this.#unopened = [];
    return taken;
  }

  /** True when the last pieces finished a choice; once. */
  takeJustFinished(): boolean {
    const taken = this.#justFinished;
    this.#justFinished = false;
    return taken;
  }

  /** A finishing piece for each choice that the provider left open at its proper end. */
  takeUnfinished(): readonly JsonObject[] {
    const pieces: JsonObject[] = [];
    for (const [index, choice] of this.#byIndex) {
      if (choice.isFinished) continue;
      choice.isFinished = true;
      const rest = this.#isChat ? { delta: {} } : { text: '' };
      pieces.push({ index, ...rest, finish_reason: this.#reason(undefined, choice) });
    }
    return pieces;
  }

  #choiceAt(index: number): Choice {
    const known = this.#byIndex.get(index);
    if (known !== undefined) return known;
    const choice: Choice = { isOpened: false, isFinished: false, hasCalls: false };
    if (this.#byIndex.size < MAX_CHOICES) this.#byIndex.set(index, choice);
    return choice;
  }

  #fixedDelta(delta: JsonObject, index: number, choice: Choice): JsonObject {
    const fixed = fixedMessage(delta);
    if (!choice.hasCalls && callsTools(fixed)) choice.hasCalls = true;
    if (choice.isOpened) {
      if (fixed.role === undefined) return fixed;
      const { role: _role, ...rest } = fixed;
      return rest;
    }
    choice.isOpened = true;
    if (fixed.role === undefined || fixed.role === null) this.#unopened.push(index);
    return fixed;
  }

  #finishOf(given: Json | undefined, choice: Choice): string | null {
    if (typeof given !== 'string' || given === '') return null;
    choice.isFinished = true;
    this.#justFinished = true;
    return this.#reason(given, choice);
  }

  #reason(given: Json | undefined, choice: Choice): string {
    return finishReason(given, { hasCalls: choice.hasCalls, strict: this.#strict, known: this.#known });
  }
}

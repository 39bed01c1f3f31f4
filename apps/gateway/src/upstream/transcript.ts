import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '@portolan/providers';

/** What a log keeps of one answer at most, in characters. */
export const MAX_TRANSCRIPT_CHARS = 1024 * 1024;

interface Choice {
  content: string;
  text: string;
  reasoning: string;
  finishReason: string | undefined;
  readonly toolCalls: Map<number, { id: string | undefined; name: string; arguments: string }>;
}

const newChoice = (): Choice => ({
  content: '',
  text: '',
  reasoning: '',
  finishReason: undefined,
  toolCalls: new Map(),
});

/** Puts a streamed answer together again, as if it had come whole: for the log, never for the caller. */
export class Transcript {
  readonly #keepsText: boolean;
  #first: JsonObject | undefined;
  readonly #choices = new Map<number, Choice>();
  #chars = 0;
  #usage: JsonObject | undefined;
  #finishReason: string | undefined;

  /** @param keepsText  false: only model and finish reason are remembered */
  constructor(keepsText: boolean) {
    this.#keepsText = keepsText;
  }

  get finishReason(): string | undefined {
    return this.#finishReason;
  }

  /** The model the provider says it used. */
  get model(): string | undefined {
    return stringAt(this.#first, 'model');
  }

  add(chunk: JsonObject): void {
    this.#first ??= chunk;
    this.#usage = objectAt(chunk, 'usage') ?? this.#usage;
    for (const each of arrayAt(chunk, 'choices')) if (isObject(each)) this.#addChoice(each);
  }

  #addChoice(each: JsonObject): void {
    const index = numberAt(each, 'index') ?? 0;
    const choice = this.#choices.get(index) ?? newChoice();
    if (this.#choices.size < 128) this.#choices.set(index, choice);
    const reason = stringAt(each, 'finish_reason');
    if (reason !== undefined) {
      choice.finishReason = reason;
      this.#finishReason ??= reason;
    }
    if (!this.#keepsText || this.#chars > MAX_TRANSCRIPT_CHARS) return;
    const delta = objectAt(each, 'delta');
    choice.text += this.#count(stringAt(each, 'text'));
    choice.content += this.#count(stringAt(delta, 'content'));
    choice.reasoning += this.#count(stringAt(delta, 'reasoning_content'));
    for (const call of arrayAt(delta, 'tool_calls')) if (isObject(call)) this.#addToolCall(choice, call);
  }

  #addToolCall(choice: Choice, call: JsonObject): void {
    const index = numberAt(call, 'index') ?? 0;
    const known = choice.toolCalls.get(index) ?? { id: undefined, name: '', arguments: '' };
    if (choice.toolCalls.size < 1_024) choice.toolCalls.set(index, known);
    known.id ??= stringAt(call, 'id');
    known.name += this.#count(stringAt(objectAt(call, 'function'), 'name'));
    known.arguments += this.#count(stringAt(objectAt(call, 'function'), 'arguments'));
  }

  #count(text: string | undefined): string {
    this.#chars += text?.length ?? 0;
    return text ?? '';
  }

  /** The whole answer; undefined when nothing came, or more than a log keeps. */
  get body(): JsonObject | undefined {
    if (this.#first === undefined || !this.#keepsText || this.#chars > MAX_TRANSCRIPT_CHARS) return undefined;
    const isChat = this.#first.object !== 'text_completion';
    return {
      ...this.#first,
      object: isChat ? 'chat.completion' : 'text_completion',
      choices: [...this.#choices].map(([index, choice]) => ({
        index,
        ...(isChat ? { message: message(choice) } : { text: choice.text }),
        finish_reason: choice.finishReason ?? null,
      })),
      usage: this.#usage,
    };
  }
}

const message = (choice: Choice): JsonObject => ({
  role: 'assistant',
  content: choice.content === '' && choice.toolCalls.size > 0 ? null : choice.content,
  ...(choice.reasoning === '' ? {} : { reasoning_content: choice.reasoning }),
  ...(choice.toolCalls.size === 0
    ? {}
    : {
        tool_calls: [...choice.toolCalls.values()].map((call) => ({
          id: call.id,
          type: 'function',
          function: { name: call.name, arguments: call.arguments },
        })),
      }),
});

/** True when a chunk carries something a reader would call a token, not only a role. */
export const carriesToken = (chunk: JsonObject): boolean => {
  for (const each of arrayAt(chunk, 'choices')) {
    if (!isObject(each)) continue;
    if (typeof each.text === 'string' && each.text !== '') return true;
    if (typeof each.finish_reason === 'string') return true;
    const delta = objectAt(each, 'delta');
    if (delta === undefined) continue;
    for (const key in delta) {
      const value = delta[key];
      if (key !== 'role' && value !== null && value !== '' && value !== undefined) return true;
    }
  }
  return false;
};

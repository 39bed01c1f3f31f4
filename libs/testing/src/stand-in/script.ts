import type { Manners } from '@portolan/rehearsal';

/** What the stand-in says, in place of its own words. */
export interface ScriptedWords {
  readonly text?: string;
  /** Shown by the providers that show it. */
  readonly thinking?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }[];
  readonly finish?: 'stop' | 'length' | 'content_filter';
  /** The model that the answer names. */
  readonly model?: string;
  /** Counts in OpenAI semantics; every provider writes them in its own. */
  readonly usage?: Partial<WordUsage>;
}

export interface WordUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
}

/** One answer of a stand-in. Faults count events of a stream; a plain answer counts as two halves. */
export interface ScriptedAnswer extends ScriptedWords {
  /** An error status, with the body the provider would send. */
  readonly status?: number;
  /** Of the error, in place of a standard sentence. */
  readonly message?: string;
  /** How long the error asks to wait, said in the provider's way. */
  readonly retryAfterS?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** This text in place of the body, whatever the status: HTML, half a document, nothing. */
  readonly rawBody?: string;
  /** The answer begins only when this is settled: the way to hold a request without a clock. */
  readonly hold?: Promise<unknown>;
  readonly delayMs?: number;
  readonly firstEventMs?: number;
  readonly paceMs?: number;
  /** The connection breaks after that many events. */
  readonly cutAfter?: number;
  /** Nothing more comes after that many events. */
  readonly stallAfter?: number;
  /** The provider's own error event comes after that many events, and is the last. */
  readonly errorAfter?: number;
  /** No header ever comes. */
  readonly silent?: true;
  /** The connection is reset before any header. */
  readonly reset?: true;
}

export type Behaviour = 'ok' | ScriptedAnswer;

export const mannersOf = (scripted: ScriptedAnswer): Manners => ({
  delayMs: scripted.delayMs ?? 0,
  firstFrameMs: scripted.firstEventMs ?? 0,
  paceMs: scripted.paceMs ?? 0,
  ...endingOf(scripted),
});

const endingOf = (scripted: ScriptedAnswer): Pick<Manners, 'ending'> => {
  if (scripted.reset) return { ending: { type: 'reset' } };
  if (scripted.silent) return { ending: { type: 'silent' } };
  if (scripted.cutAfter !== undefined) return { ending: { type: 'cut', after: scripted.cutAfter } };
  if (scripted.stallAfter !== undefined) return { ending: { type: 'stall', after: scripted.stallAfter } };
  return {};
};

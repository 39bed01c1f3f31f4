/** How a model thinks: not at all, to a token budget, as it sees fit, either way, or nobody knows. */
export type ThinkingMode = 'none' | 'budget' | 'adaptive' | 'both' | 'unknown';

export interface ClaudeModel {
  readonly maxOutputTokens: number;
  /** Takes a JSON schema for its answer and for tool input. */
  readonly structuredOutput: boolean;
  readonly thinking: ThinkingMode;
  /** Refuses any temperature but 1, `top_p` below 0.99 and every `top_k`. */
  readonly fixedSampling: boolean;
  /** The words that `output_config.effort` may hold; empty where the model has no such thing. */
  readonly efforts: readonly string[];
  /** Has to be told to stop thinking. */
  readonly thinksByDefault?: boolean;
}

const ALL_EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];

const newest: ClaudeModel = {
  maxOutputTokens: 128_000,
  structuredOutput: true,
  thinking: 'adaptive',
  fixedSampling: true,
  efforts: ALL_EFFORTS,
};

const budgeted: ClaudeModel = {
  maxOutputTokens: 64_000,
  structuredOutput: true,
  thinking: 'budget',
  fixedSampling: false,
  efforts: [],
};

const plain: ClaudeModel = { ...budgeted, structuredOutput: false, thinking: 'none' };

/**
 * The first row whose pattern fits counts; a pattern may stand anywhere in the id, as other clouds add
 * prefixes, dates and versions to it.
 * @source the provider's model overview, and its pages on extended and adaptive thinking
 */
const ROWS: readonly (readonly [pattern: RegExp, model: ClaudeModel])[] = [
  [/claude-sonnet-5/, { ...newest, thinksByDefault: true }],
  [
    /claude-(opus|sonnet)-4-6/,
    { ...newest, thinking: 'both', fixedSampling: false, efforts: ['low', 'medium', 'high', 'max'] },
  ],
  [/claude-opus-4-5/, { ...budgeted, efforts: ['low', 'medium', 'high'] }],
  [/claude-(sonnet|haiku)-4-5/, budgeted],
  [/claude-opus-4-1/, { ...budgeted, maxOutputTokens: 32_000 }],
  [/claude-sonnet-4(-0|-2025|@|$)/, { ...budgeted, structuredOutput: false }],
  [/claude-opus-4(-0|-2025|@|$)/, { ...budgeted, structuredOutput: false, maxOutputTokens: 32_000 }],
  [/claude-3-7-sonnet/, { ...budgeted, structuredOutput: false }],
  [/claude-3-5-/, { ...plain, maxOutputTokens: 8192 }],
  [/claude-3-(haiku|opus|sonnet)/, { ...plain, maxOutputTokens: 4096 }],
  [/claude-/, newest],
];

/** A name that says nothing: the least is assumed. */
const unknown: ClaudeModel = { ...plain, maxOutputTokens: 4096, thinking: 'unknown' };

/** What a model can do, by its id. An unlisted Claude is taken for a newer one. */
export const claudeModel = (id: string): ClaudeModel => ROWS.find(([pattern]) => pattern.test(id))?.[1] ?? unknown;

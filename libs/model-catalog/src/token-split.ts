import type { Usage } from './usage.ts';

/** Tokens by what they are charged as; the groups of one side add up to that side. */
export interface TokenSplit {
  readonly text: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly audioInput: number;
  readonly imageInput: number;
  readonly reasoning: number;
  readonly audioOutput: number;
  readonly imageOutput: number;
  readonly answer: number;
  /** The reported parts did not fit into their totals, so that the later ones were cut. */
  readonly inconsistent: boolean;
}

/**
 * Divides the totals into groups that do not overlap. A token that is cached and audio counts as cached: providers
 * report both totals and not what they share.
 */
export const splitTokens = (usage: Usage): TokenSplit => {
  const prompt = takeFrom(usage.promptTokens);
  const [cacheRead, cacheWrite5m, cacheWrite1h, audioInput, imageInput] = [
    prompt.take(usage.cacheReadTokens),
    prompt.take(usage.cacheWrite5mTokens),
    prompt.take(usage.cacheWrite1hTokens),
    prompt.take(usage.audioInputTokens),
    prompt.take(usage.imageInputTokens),
  ];
  const completion = takeFrom(usage.completionTokens);
  const [reasoning, audioOutput, imageOutput] = [
    completion.take(usage.reasoningTokens),
    completion.take(usage.audioOutputTokens),
    completion.take(usage.imageOutputTokens),
  ];
  return {
    cacheRead,
    cacheWrite5m,
    cacheWrite1h,
    audioInput,
    imageInput,
    text: prompt.left(),
    reasoning,
    audioOutput,
    imageOutput,
    answer: completion.left(),
    inconsistent: prompt.short() || completion.short(),
  };
};

const takeFrom = (total: number) => {
  let left = whole(total);
  let short = left !== total;
  return {
    take(part = 0): number {
      const taken = Math.min(whole(part), left);
      if (taken !== part) short = true;
      left -= taken;
      return taken;
    },
    left: () => left,
    short: () => short,
  };
};

const whole = (count: number): number =>
  Number.isFinite(count) && count > 0 ? Math.min(Math.round(count), Number.MAX_SAFE_INTEGER) : 0;

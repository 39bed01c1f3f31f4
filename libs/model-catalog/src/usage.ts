/**
 * What one answer consumed, in tokens. `promptTokens` includes cache reads and writes, `completionTokens` includes
 * reasoning. The same shape as the providers report it in; declared here because this library imports no other.
 */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  readonly cacheReadTokens?: number;
  /** Writes that live five minutes; also those whose life is not reported. */
  readonly cacheWrite5mTokens?: number;
  readonly cacheWrite1hTokens?: number;
  readonly reasoningTokens?: number;
  readonly audioInputTokens?: number;
  readonly audioOutputTokens?: number;
  readonly imageInputTokens?: number;
  readonly imageOutputTokens?: number;
  readonly serviceTier?: string;
  /** A price the provider itself reported for this answer, in US dollars. */
  readonly upstreamCostUsd?: number;
}

const CANONICAL: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

export interface Finish {
  readonly strict: boolean;
  /** The answer holds calls for the caller. */
  readonly toolCalls: boolean;
  /** The answer is a JSON text that came by way of a tool. */
  readonly jsonTool: boolean;
}

/**
 * The provider's `stop_reason` as a finish reason: of the canonical set when strict, else as it came.
 * An answer with tool calls that simply stopped is `tool_calls`.
 * @source the provider's Messages API reference, "stop_reason"
 */
export const finishReason = (stopReason: string | undefined, { strict, toolCalls, jsonTool }: Finish): string => {
  if (stopReason === 'tool_use' && jsonTool && !toolCalls) return 'stop';
  if (!strict) return stopReason ?? 'stop';
  const canonical =
    stopReason !== undefined && Object.hasOwn(CANONICAL, stopReason) ? (CANONICAL[stopReason] ?? 'stop') : 'stop';
  return canonical === 'stop' && toolCalls ? 'tool_calls' : canonical;
};

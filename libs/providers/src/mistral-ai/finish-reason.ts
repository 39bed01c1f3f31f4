const BY_REASON: Readonly<Record<string, string>> = {
  stop: 'stop',
  length: 'length',
  model_length: 'length',
  tool_calls: 'tool_calls',
};

/**
 * Mistral's finish reason for the caller: the canonical word, or Mistral's own where the caller wants it.
 * @source Mistral API reference, "FinishReasonEnum"
 */
export const finishReasonOf = (reason: string | undefined, hasCalls: boolean, strict: boolean): string => {
  if (!strict && reason !== undefined) return reason;
  const known = reason !== undefined && Object.hasOwn(BY_REASON, reason) ? BY_REASON[reason] : undefined;
  const canonical = known ?? 'stop';
  return canonical === 'stop' && hasCalls ? 'tool_calls' : canonical;
};

const BY_REASON: Readonly<Record<string, string>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  LANGUAGE: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  RECITATION: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
};

/**
 * Gemini's `finishReason` for the caller: the canonical word, or Gemini's own where the caller wants it.
 * A canonical stop with calls is `tool_calls`; what is not known is `stop`.
 * @source Gemini API reference, "FinishReason"
 */
export const finishReasonOf = (reason: string | undefined, hasCalls: boolean, strict: boolean): string => {
  if (!strict && reason !== undefined) return reason;
  const known = reason !== undefined && Object.hasOwn(BY_REASON, reason) ? BY_REASON[reason] : undefined;
  const canonical = known ?? 'stop';
  return canonical === 'stop' && hasCalls ? 'tool_calls' : canonical;
};

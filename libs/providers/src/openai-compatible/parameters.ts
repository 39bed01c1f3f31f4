import type { CompatibleEndpoint } from './descriptor.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** OpenAI's own parameters, for providers that take no others. */
export const OPENAI_PARAMETERS: Readonly<Record<CompatibleEndpoint, ReadonlySet<string>>> = {
  chatComplete: words(`
    model messages max_completion_tokens max_tokens temperature top_p n stop stream stream_options presence_penalty
    frequency_penalty logit_bias logprobs top_logprobs seed tools tool_choice parallel_tool_calls response_format
    reasoning_effort verbosity modalities audio prediction web_search_options moderation service_tier store metadata
    prompt_cache_key prompt_cache_options prompt_cache_retention safety_identifier user`),
  complete: words(`
    model prompt best_of echo frequency_penalty logit_bias logprobs max_tokens n presence_penalty seed stop stream
    stream_options suffix temperature top_p user`),
  embed: words('model input dimensions encoding_format user'),
};

import { openAiCompatible } from '../openai-compatible/index.ts';
import { deepSeekEffort } from '../openai-compatible/reasoning.ts';
import { cachedTokensAt } from '../openai-compatible/usage.ts';
import type { TargetOptions } from '../spec/provider.ts';

/** Chat and text completions have different version segments here; a custom host brings its own. */
const below =
  (version: string, path: string) =>
  ({ customHost }: TargetOptions): string =>
    customHost === undefined ? version + path : path;

/**
 * DeepSeek. Reasoning of earlier turns is refused in a history, that of a running tool loop is wanted. JSON by
 * `json_object` only.
 */
export const deepseek = openAiCompatible({
  id: 'deepseek',
  baseUrl: 'https://api.deepseek.com',
  endpoints: { chatComplete: below('/v1', '/chat/completions'), complete: below('/beta', '/completions') },
  drop: ['seed', 'logit_bias', 'parallel_tool_calls'],
  hasSingleChoice: true,
  extra: ['thinking'],
  lacksFormat: 'json_schema',
  reasoningHistory: 'current-turn',
  reasoning: deepSeekEffort,
  finish: { insufficient_system_resource: 'stop' },
  usage: [cachedTokensAt('prompt_cache_hit_tokens')],
});

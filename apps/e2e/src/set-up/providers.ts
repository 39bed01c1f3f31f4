import type { RecordedRequest, StandIn, StandInName } from '@portolan/testing';
import { at, type Config } from './json.ts';

/** What differs between two providers in a config: these three, and nothing else. */
export interface ProviderChoice {
  readonly provider: StandInName;
  readonly apiKey: string;
  readonly model: string;
}

/** How a provider itself says why an answer ended; clients that switch strict compliance off see these words. */
export const OWN_FINISH: Readonly<Record<StandInName, { readonly stop: string; readonly tools: string }>> = {
  openai: { stop: 'stop', tools: 'tool_calls' },
  anthropic: { stop: 'end_turn', tools: 'tool_use' },
  google: { stop: 'STOP', tools: 'STOP' },
  'mistral-ai': { stop: 'stop', tools: 'tool_calls' },
};

export const PROVIDERS: readonly ProviderChoice[] = [
  { provider: 'openai', apiKey: 'sk-openai-key', model: 'gpt-4o' },
  { provider: 'anthropic', apiKey: 'sk-ant-key', model: 'claude-3-opus-20240229' },
  { provider: 'google', apiKey: 'AIza-key', model: 'gemini-1.5-flash-latest' },
  { provider: 'mistral-ai', apiKey: 'mistral-key', model: 'codestral-latest' },
];

/** The config of the first steps; the custom host only points to a server of ours that speaks like the provider. */
export const configOf = ({ provider, apiKey, model }: ProviderChoice, standIn: StandIn): Config => ({
  provider,
  api_key: apiKey,
  override_params: { model, max_tokens: 64 },
  custom_host: standIn.url,
});

/** The model a provider was asked for; Google has it in the path. */
export const modelAsked = ({ path, body }: RecordedRequest): unknown =>
  at(body, 'model') ?? /\/models\/([^:/]+):/.exec(path)?.[1];

/** The answer's length limit, by the name each provider has for it. */
export const maxTokensAsked = ({ body }: RecordedRequest): unknown =>
  at(body, 'max_tokens') ?? at(body, 'max_completion_tokens') ?? at(body, 'generationConfig', 'maxOutputTokens');

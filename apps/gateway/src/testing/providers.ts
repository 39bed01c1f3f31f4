import { type Rehearsal, startRehearsal } from '@portolan/rehearsal';
import { type StandIn, type StandInName, startStandIn } from '@portolan/testing';

/** A model that the stand-in of each provider knows. */
export const MODELS: Readonly<Record<StandInName, string>> = {
  openai: 'gpt-4o-mini',
  anthropic: 'claude-haiku-4-5',
  google: 'gemini-2.5-flash',
  'mistral-ai': 'mistral-small-latest',
};

export const STAND_INS: readonly StandInName[] = ['openai', 'anthropic', 'google', 'mistral-ai'];

/** A config target for a provider that listens here. */
export const targetAt = (provider: string, url: string, rest: object = {}) => ({
  provider,
  custom_host: url,
  api_key: 'K',
  ...rest,
});

export const chat = (model: string, content: string, rest: object = {}) => ({
  model,
  max_tokens: 100,
  messages: [{ role: 'user', content }],
  ...rest,
});

export type Running = Readonly<Record<StandInName, StandIn>> & { readonly rehearsal: Rehearsal };

/** Every stand-in and the rehearsal provider. */
export const startProviders = async (): Promise<Running> => {
  const [openai, anthropic, google, mistral, rehearsal] = await Promise.all([
    startStandIn('openai'),
    startStandIn('anthropic'),
    startStandIn('google'),
    startStandIn('mistral-ai'),
    startRehearsal(),
  ]);
  return { openai, anthropic, google, 'mistral-ai': mistral, rehearsal };
};

export const stopProviders = async (running: Running | undefined): Promise<void> => {
  await Promise.all(Object.values(running ?? {}).map((each) => each.close()));
};

import { openai } from './openai/index.ts';
import type { Provider } from './spec/provider.ts';

/** Every provider there is. A new one is its folder and one line here. */
const all: readonly Provider[] = [openai];

export type ProviderRegistry = ReadonlyMap<string, Provider>;

/** All providers by id, with a deployment's own added. */
export const providerRegistry = (extra: readonly Provider[] = []): ProviderRegistry =>
  new Map([...all, ...extra].map((provider) => [provider.id, provider]));

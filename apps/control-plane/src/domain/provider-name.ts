import { nearestName, PROVIDER_NAMES } from '@portolan/config-schema';
import * as z from 'zod';

/** The provider that answers without any provider. */
const REHEARSAL = 'rehearsal';

/** Names that clients and their documents use besides our own. */
const ALIASES: Readonly<Record<string, string>> = {
  'open-ai': 'openai',
  'hugging-face': 'huggingface',
  mistral: 'mistral-ai',
  perplexity: 'perplexity-ai',
  together: 'together-ai',
  fireworks: 'fireworks-ai',
  stability: 'stability-ai',
  azure: 'azure-openai',
  'azure-ai-inference': 'azure-ai',
  'aws-bedrock': 'bedrock',
  vertex: 'vertex-ai',
  gemini: 'google',
  reka: 'reka-ai',
  novita: 'novita-ai',
  xai: 'x-ai',
};

const KNOWN: ReadonlySet<string> = new Set([...PROVIDER_NAMES, REHEARSAL]);

/** Our name of a provider; undefined for one that no gateway knows. */
export const providerName = (given: string): string | undefined => {
  const name = given.trim().toLowerCase().replaceAll('_', '-');
  return KNOWN.has(name) ? name : Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
};

/** A provider in a body, by any of its names. */
export const providerField = () =>
  z.string({ error: 'is required: the name of a provider, such as "openai"' }).transform((given, context) => {
    const name = providerName(given);
    if (name !== undefined) return name;
    const nearest = nearestName(given, [...KNOWN]);
    context.addIssue({
      code: 'custom',
      message: `There is no such provider${nearest === undefined ? '.' : `; did you mean "${nearest}"?`}`,
    });
    return z.NEVER;
  });

import { PROVIDER_NAMES, parseConfig } from '@portolan/config-schema';
import type { Document } from './document.ts';
import { replaceReferences } from './references.ts';

/** Gateways that have it switched on know it. */
const REHEARSAL = 'rehearsal';
/** Stands for a slug that is not known yet; it only has to look like one. */
const SOME_SLUG = 'some-slug';

/** What is wrong with a config, by the schema that gateways read it with: found without asking anybody. */
export const configProblems = ({ kind, spec, where, name }: Document): readonly string[] => {
  if (kind !== 'Config') return [];
  const { config } = replaceReferences(spec, ({ by, text }) => (by === 'name' ? SOME_SLUG : text));
  const parsed = parseConfig(config, 'saved', { providerNames: new Set([...PROVIDER_NAMES, REHEARSAL]) });
  return parsed.ok ? [] : parsed.errors.map((error) => `${where}: Config "${name}": ${error}`);
};

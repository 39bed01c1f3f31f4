import { PROVIDER_NAMES, parseConfig } from '@portolan/config-schema';
import { PlatformError } from '@portolan/service-kit';
import * as z from 'zod';

/** The provider that answers without any provider: gateways that have it switched on know it. */
const REHEARSAL = 'rehearsal';
const MAX_CHARS = 524_288;

/** A config as clients send it: an object, or the JSON text of one. */
export const configField = () =>
  z.union([z.record(z.string(), z.unknown()), z.string().max(MAX_CHARS)], {
    error: 'must be an object, or the JSON text of one',
  });

const parseText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new PlatformError('invalid_config', { public: 'config is not valid JSON', param: 'config' });
  }
};

/**
 * The JSON text to store, after the schema that gateways read it with has let it pass.
 * @throws PlatformError  `invalid_config` with a line for each problem: path and, where a name is unknown, the nearest one
 */
export const checkedConfig = (given: string | Readonly<Record<string, unknown>>): string => {
  const config = typeof given === 'string' ? parseText(given) : given;
  const parsed = parseConfig(config, 'saved', { providerNames: new Set([...PROVIDER_NAMES, REHEARSAL]) });
  if (!parsed.ok)
    throw new PlatformError('invalid_config', { public: parsed.message, param: 'config', errors: parsed.errors });
  const text = JSON.stringify(config);
  if (text.length > MAX_CHARS) {
    throw new PlatformError('request_too_large', {
      public: `The config has more than ${MAX_CHARS} characters.`,
      param: 'config',
    });
  }
  return text;
};

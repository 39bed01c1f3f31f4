import { toSettings } from '@portolan/config-schema';

/** Settings of a stored credential that are none of the provider's: they say where and with which headers. */
const OURS = new Set(['custom_host', 'custom_headers']);

/**
 * The settings of a stored credential under the names that the settings of configs have, each as text.
 * @param stored  as the vault keeps them: plain ones, or secret ones in the clear
 */
export const providerSettingsOf = (
  provider: string,
  stored: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> =>
  toSettings({ ...Object.fromEntries(Object.entries(stored).filter(([name]) => !OURS.has(name))), provider });

/** Text by lower-case name, of a JSON object of texts. @returns undefined for anything else */
export const headersOf = (json: string): Readonly<Record<string, string>> | undefined => {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const texts = Object.entries(value).flatMap(([name, text]): [string, string][] =>
    typeof text === 'string' ? [[name.toLowerCase(), text]] : [],
  );
  return texts.length === 0 ? undefined : Object.fromEntries(texts);
};

/** One or more characters of one label; never a dot. */
const WILDCARD = '[a-z0-9-]+';

const PATTERN = /^(http:\/\/)?[a-z0-9*]([a-z0-9*.-]*[a-z0-9])?(:\d{1,5})?$/;

/**
 * Whether a text may stand in a list of allowed hosts: a lower-case host name with its port where that is not the scheme's own,
 * `http://` before it where the host is spoken to without TLS, and `*` for a part of one label, but not in the last two.
 */
export const isHostPattern = (text: string): boolean => {
  if (text.length > 255 || !PATTERN.test(text) || text.includes('..')) return false;
  return !text.split('.').slice(-2).join('.').includes('*');
};

/**
 * Where a URL leads to, in the form of the list: its host, with `http://` before it for a URL without TLS. Undefined for
 * anything else than HTTP, and for a URL with credentials.
 */
export const hostOf = (url: string): string | undefined => {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, username, password } = new URL(url);
  if (username !== '' || password !== '' || host === '') return undefined;
  if (protocol === 'https:') return host;
  return protocol === 'http:' ? `http://${host}` : undefined;
};

const toRegExp = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.[\]]/g, '\\$&').replaceAll('*', WILDCARD)}$`);

/**
 * Whether a credential may be sent to a URL: only when its host is one that the credential is bound to. An empty list allows
 * nothing, and a host that is allowed with TLS is not allowed without.
 */
export const mayReceive = (allowedHosts: readonly string[], url: string): boolean => {
  const host = hostOf(url);
  return host !== undefined && allowedHosts.some((pattern) => toRegExp(pattern).test(host));
};

/** What a setting may be that becomes part of a host name: nothing that could end the name early. */
export const isHostPart = (text: string): boolean => /^[a-z0-9]([a-z0-9.-]{0,126}[a-z0-9])?$/i.test(text);

const PLACEHOLDER = /\{([a-z_]+)\}/g;

/** The settings that a template of a host name takes up. */
export const partsOf = (template: string): readonly string[] =>
  [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);

/** A template with the settings put in, `*` for those that are not there. */
export const fillHost = (template: string, settings: Readonly<Record<string, unknown>>): string =>
  template.replace(PLACEHOLDER, (_, name: string) => {
    const value = settings[name];
    return typeof value === 'string' && isHostPart(value) ? value.toLowerCase() : '*';
  });

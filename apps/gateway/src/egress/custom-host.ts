import { allowedHost, type Trust } from '@portolan/egress-rules';
import { PlatformError } from '@portolan/service-kit';
import { LRUCache } from 'lru-cache';

/**
 * A base URL that a caller chose, checked as far as text allows; addresses are checked again when connecting.
 * @returns the URL without a trailing slash
 * @throws PlatformError (400) without saying which rule it broke
 */
export const checkCustomHost = (text: string, trust: Trust): string => {
  const url = allowedHost(text, trust);
  if (url !== undefined) return url;
  throw new PlatformError('invalid_request_error', { public: 'Invalid custom host', param: 'custom_host' });
};

/** A base URL without a trailing slash. @throws PlatformError (400) when nobody may be sent there */
export type HostCheck = (text: string) => string;

const REMEMBERED = 1_024;

/** The same check, remembering what it let through: clients name the same host on every call. */
export const createHostCheck = (trust: Trust): HostCheck => {
  const accepted = new LRUCache<string, string>({ max: REMEMBERED });
  return (text) => {
    const known = accepted.get(text);
    if (known !== undefined) return known;
    const url = checkCustomHost(text, trust);
    accepted.set(text, url);
    return url;
  };
};

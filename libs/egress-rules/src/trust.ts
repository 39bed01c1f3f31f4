import { isIP } from 'node:net';
import { cidrContains, classifyAddress } from './addresses.ts';

/** Which hosts may be private. */
export interface Trust {
  trustsHost(hostname: string): boolean;
  /** May a connection to this address be made for this host name? */
  allows(hostname: string, address: string): boolean;
}

/** @param entries  exact host names, `*.suffix`, or CIDR ranges */
export const createTrust = (entries: readonly string[]): Trust => {
  const lower = entries.map((entry) => entry.toLowerCase());
  const exact = new Set(lower);
  const suffixes = lower.filter((entry) => entry.startsWith('*.')).map((entry) => entry.slice(1));
  const ranges = lower.filter((entry) => entry.includes('/'));
  const trustsHost = (hostname: string): boolean => {
    const host = unbracket(hostname);
    if (exact.has(host) || suffixes.some((suffix) => host.endsWith(suffix))) return true;
    return isIP(host) !== 0 && ranges.some((range) => cidrContains(range, host));
  };
  return {
    trustsHost,
    allows(hostname, address) {
      const where = classifyAddress(address);
      if (where === 'public') return true;
      if (where === 'metadata') return false;
      return trustsHost(hostname) || ranges.some((range) => cidrContains(range, address));
    },
  };
};

/** `[::1]` -> `::1`, lower case. */
export const unbracket = (hostname: string): string => hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');

import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { type Trust, unbracket } from './trust.ts';

/** A name that resolved to an address where nobody may go. */
export class EgressDenied extends Error {
  readonly code = 'EGRESS_DENIED';
  constructor() {
    super('the host leads to an address that is not allowed');
    this.name = 'EgressDenied';
  }
}

/**
 * The one way out of a service. Every connection is checked here, after DNS, so no route can go around it;
 * the socket goes to exactly the address that was checked, and redirects are never followed.
 */
export const createDispatcher = (options: {
  trust: Trust;
  connectTimeoutMs: number;
  /** Per host. */
  connections: number;
}): Dispatcher => {
  const guardedLookup: LookupFunction = (hostname, lookupOptions, callback) => {
    resolve(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const denied =
        addresses.length === 0 || addresses.some(({ address }) => !options.trust.allows(hostname, address));
      if (denied) return callback(new EgressDenied(), '');
      if (lookupOptions.all === true) return callback(null, addresses);
      callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };
  const connect = buildConnector({ timeout: options.connectTimeoutMs, lookup: guardedLookup, port: 0 });
  return new Agent({
    connect: (target, callback) => {
      const host = unbracket(target.hostname);
      // An address written out is never looked up, so it is checked here.
      if (isIP(host) !== 0 && !options.trust.allows(host, host)) return callback(new EgressDenied(), null);
      connect(target, callback);
    },
    connections: options.connections,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    maxOrigins: 1_024,
    // Our own deadlines are finer than the client's second-grained ones.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
};

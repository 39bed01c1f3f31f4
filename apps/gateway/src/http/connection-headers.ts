import type { IncomingHttpHeaders } from 'node:http';

/** Of one connection, not of the message: never passed on. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
]);

type Headers = Readonly<Record<string, string | string[]>>;

/** The headers that belong to the message, those that `Connection` names left out as well. */
export const messageHeaders = (headers: IncomingHttpHeaders | Headers): Record<string, string | string[]> => {
  const { connection } = headers;
  const named = new Set(typeof connection === 'string' ? connection.toLowerCase().split(/\s*,\s*/) : []);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || OF_THE_CONNECTION.has(name) || named.has(name) ? [] : [[name, value] as const],
    ),
  );
};

import type { IncomingHttpHeaders } from 'node:http';

/** Of one connection, not of the message: no request or answer is passed on with them. */
export const OF_THE_CONNECTION: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
];

/** … and what is ours to set when we pass a message on. */
const NOT_OF_THE_MESSAGE = new Set([...OF_THE_CONNECTION, 'expect', 'host']);

type Headers = Readonly<Record<string, string | string[]>>;

/** The headers that belong to the message, those that `Connection` names left out as well. */
export const messageHeaders = (headers: IncomingHttpHeaders | Headers): Record<string, string | string[]> => {
  const { connection } = headers;
  const named = new Set(typeof connection === 'string' ? connection.toLowerCase().split(/\s*,\s*/) : []);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || NOT_OF_THE_MESSAGE.has(name) || named.has(name) ? [] : [[name, value] as const],
    ),
  );
};

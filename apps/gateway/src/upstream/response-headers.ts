import { OF_THE_CONNECTION } from '../http/connection-headers.ts';
import type { UpstreamHeaders } from './send.ts';

/** Of one connection only, about a body that we decode, or ours to set. */
const NOT_PASSED = new Set([
  ...OF_THE_CONNECTION,
  'content-encoding',
  'content-type',
  'set-cookie',
  'location',
  'date',
  'server',
  'alt-svc',
  'strict-transport-security',
  'access-control-allow-origin',
]);

/** A provider's headers as far as a caller should see them: rate limits, request ids, hints. */
export const passedHeaders = (headers: UpstreamHeaders): Record<string, string> => {
  const passed: Record<string, string> = {};
  const named = connectionNames(headers.connection);
  for (const name in headers) {
    if (NOT_PASSED.has(name) || name.startsWith('x-portkey-') || named?.includes(name)) continue;
    const value = headers[name];
    if (typeof value === 'string') passed[name] = value;
    else if (value !== undefined) passed[name] = value.join(', ');
  }
  return passed;
};

/** Headers that `connection` declares to be of this hop only. */
const connectionNames = (value: string | string[] | undefined): readonly string[] | undefined => {
  if (typeof value !== 'string' || value === 'keep-alive' || value === 'close') return undefined;
  return value.split(',').map((name) => name.trim().toLowerCase());
};

import { isIP } from 'node:net';
import { type Trust, unbracket } from './trust.ts';

const MAX_URL_CHARS = 2_048;
const MAX_LABELS = 10;

/** Scheme, host, port, path: no user info, no escapes, no query, nothing that two parsers could read in two ways. */
const FORM = /^https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?(\/[a-z0-9._~!$&'()*+,;=:/-]*)?$/i;

/** Names that lead to metadata services, orchestrators, or back to a hosted gateway. Refused even when trusted. */
const NEVER = [
  /^metadata$/,
  /^metadata\.google\.internal$/,
  /^metadata\.azure\.com$/,
  /^instance-data(\.|$)/,
  /^kubernetes(\.default(\.|$)|$)/,
  /(^|\.)consul$/,
  /api\.portkey/,
];

/** Names that any owner can point anywhere, and top levels that only private networks use. Refused unless trusted. */
const PRIVATE_NAMES = [
  /(^|\.)(nip\.io|sslip\.io|xip\.io|localtest\.me|lvh\.me|vcap\.me|lacolhost\.com)$/,
  /(^|\.)(local|localdomain|internal|intranet|lan|home|corp|test|invalid|onion|localhost|cluster)$/,
  /(^|\.)cluster\.local$/,
  /^[^.]+$/,
];

/** Ports of services that are not model servers and may act on an HTTP request that was not meant for them. */
const BLOCKED_PORTS = new Set([
  20, 21, 22, 23, 25, 53, 110, 111, 135, 139, 143, 389, 445, 465, 514, 587, 636, 873, 993, 995, 1433, 1521, 2049, 2181,
  2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5900, 5984, 6379, 6443, 9042, 9092, 9200, 9300, 10250, 10255, 11211,
  27017, 27018, 50000,
]);

/**
 * A base URL that a caller chose, checked as far as text allows; addresses are checked again when connecting.
 * @returns the URL without a trailing slash; undefined when nobody may be sent there
 */
export const allowedHost = (text: string, trust: Trust): string | undefined => {
  const match = text.length <= MAX_URL_CHARS ? FORM.exec(text) : null;
  if (match === null || !URL.canParse(text)) return undefined;
  const written = unbracket(match[1] ?? '');
  const host = unbracket(new URL(text).hostname);
  const isV6 = isIP(host) === 6;
  // The parser turns 0x7f.1, 2130706433 and 127.1 into 127.0.0.1: whoever writes that hides something.
  if (!isV6 && host !== written) return undefined;
  if (host.endsWith('.') || host.includes('xn--') || host.split('.').length > MAX_LABELS) return undefined;
  if (BLOCKED_PORTS.has(Number(match[2] ?? 0)) || Number(match[2] ?? 1) < 1 || Number(match[2] ?? 1) > 65_535) {
    return undefined;
  }
  if (NEVER.some((name) => name.test(host))) return undefined;
  if (isIP(host) !== 0) {
    if (!trust.allows(host, host)) return undefined;
  } else if (!trust.trustsHost(host) && PRIVATE_NAMES.some((name) => name.test(host))) return undefined;
  return text.replace(/\/+$/, '');
};

import { createHash, createHmac } from 'node:crypto';
import type { Secret } from '@portolan/service-kit';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  /** Of temporary credentials. */
  readonly sessionToken?: Secret;
}

export interface AwsRequest {
  readonly method: 'GET' | 'POST';
  /** Without a query, and with a path that needs no escaping. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AwsScope {
  readonly region: string;
  readonly service: string;
  /** Wall time, Unix milliseconds; the service refuses a request that is minutes off. */
  readonly nowMs: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** `20150830T123600Z`. */
const toAmzDate = (nowMs: number): string => `${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')}`;

/**
 * The headers that sign a request, besides its own.
 * @source AWS's reference, "Create a signed AWS API request" (Signature Version 4)
 */
export const signAws = (
  { method, url, headers, body }: AwsRequest,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  { region, service, nowMs }: AwsScope,
): Readonly<Record<string, string>> => {
  const { host, pathname } = new URL(url);
  const amzDate = toAmzDate(nowMs);
  const added = {
    'x-amz-date': amzDate,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken.reveal() }),
  };
  const signed = Object.entries({ ...headers, ...added, host })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = [method, pathname, '', lines, names, sha256(body)].join('\n');

  const day = amzDate.slice(0, 8);
  const scope = [day, region, service, 'aws4_request'];
  const toSign = [ALGORITHM, amzDate, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<Buffer | string>(hmac, `AWS4${secretAccessKey.reveal()}`);
  const signature = hmac(key, toSign).toString('hex');
  return {
    ...added,
    authorization: `${ALGORITHM} Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`,
  };
};

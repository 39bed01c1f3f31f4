import type { Secret } from '@portolan/service-kit';
import { RootKeyUnavailable, WrapRefused } from '../../ports/root-key.ts';

/** Gives the bearer of our identity at the KMS: a file that an agent renews, or an instance's metadata service. */
export type TokenSource = () => Promise<Secret>;

export interface KmsCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Who is asked, for errors. */
  readonly service: string;
  /**
   * Whether an error means that ciphertext, key and bound data do not belong together. Every other error, and every error
   * where this is missing, is about us, the key's state or the service.
   */
  readonly isRefusal?: (status: number, answer: unknown) => boolean;
}

/** A KMS answers with a key and some words about it. */
const ANSWER_MAX_BYTES = 65_536;

const readBounded = async (response: Response, service: string): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > ANSWER_MAX_BYTES) throw new RootKeyUnavailable(`${service} answered with too many bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const send = async ({
  method,
  url,
  headers,
  body,
  timeoutMs,
  service,
}: KmsCall): Promise<{ status: number; text: string }> => {
  try {
    const response = await fetch(url, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await readBounded(response, service) };
  } catch (error) {
    if (error instanceof RootKeyUnavailable) throw error;
    throw new RootKeyUnavailable(`${service} did not answer.`, { cause: error });
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Asks a KMS, or what gives tokens for it, once. What it says in an error is dropped: it may quote what we sent.
 * @returns the parsed JSON of a 2xx answer, undefined when it is not JSON
 * @throws WrapRefused         when the KMS refuses these bytes
 * @throws RootKeyUnavailable  when it does not answer, or refuses us
 */
export const askKms = async (call: KmsCall): Promise<unknown> => {
  const { status, text } = await send(call);
  if (status >= 200 && status < 300) return parse(text);
  if (call.isRefusal?.(status, parse(text))) throw new WrapRefused(`${call.service} refused the wrapped key.`);
  throw new RootKeyUnavailable(`${call.service} answered with status ${status}.`);
};

const valueAt = (answer: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null ? Object.entries(at).find(([key]) => key === name)?.[1] : undefined,
    answer,
  );

/** The text at a path of a parsed answer, or undefined. */
export const findText = (answer: unknown, path: readonly string[]): string | undefined => {
  const value = valueAt(answer, path);
  return typeof value === 'string' ? value : undefined;
};

/** The text at a path of a parsed answer. @throws RootKeyUnavailable when it is not there */
export const textAt = (answer: unknown, path: readonly string[], service: string): string => {
  const text = findText(answer, path);
  if (text === undefined) throw new RootKeyUnavailable(`${service} answered without "${path.join('.')}".`);
  return text;
};

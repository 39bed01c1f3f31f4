import type { Secret } from '@portolan/service-kit';
import { ApiFailure, Refused } from '../failure.ts';
import type { Io } from '../io.ts';
import { isArray, isObject, type JsonObject } from '../json.ts';
import { readAnswer, readText } from './answer.ts';
import type { Api, Query } from './api.ts';
import { waitBeforeRetry } from './retry.ts';

const PAGE_SIZE = 100;
const PAGES_MAX = 1_000;

const MAYBE_DONE = ' What was asked for may have been done all the same.';

export interface ClientOptions {
  /** With or without `/v1` at its end. */
  readonly url: string;
  readonly key: Secret;
  /** Of each call, from its first byte to its last. */
  readonly timeoutMs: number;
}

/** @throws Refused  for what is no address over HTTP */
export const baseOf = (url: string): string => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new Refused(`"${url}" is no address: it must begin with http:// or https://.`);
  }
  if (parsed.username !== '' || parsed.password !== '') throw new Refused('An address may not hold a password.');
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')}`;
};

const noAnswer = (error: unknown, method: string, base: string, timeoutMs: number): ApiFailure => {
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  return new ApiFailure({
    status: 0,
    code: isLate ? 'no_answer_in_time' : 'not_reached',
    sentence: isLate
      ? `${base} did not answer within ${timeoutMs / 1_000} seconds (--timeout).${method === 'GET' ? '' : MAYBE_DONE}`
      : `${base} cannot be reached. Is the platform running there?`,
    type: '',
    traceId: undefined,
    problems: [],
  });
};

const queryText = (query: Query): string => {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

const retryAfterS = (error: unknown, response: Response | undefined): number | undefined => {
  const given = error instanceof ApiFailure ? response?.headers.get('retry-after') : null;
  return given != null && /^\d{1,6}$/.test(given) ? Number(given) : undefined;
};

/** The management API over HTTP. */
export const createClient = ({ url, key, timeoutMs }: ClientOptions, io: Io): Api => {
  const base = baseOf(url);
  const noted = new Set<string>();

  /** Fields that nobody knew were probably misspelt. */
  const tellIgnored = (response: Response): void => {
    const names = response.headers.get('x-portolan-ignored-fields');
    if (names === null || noted.has(names)) return;
    noted.add(names);
    io.err(`note: the platform does not know and has ignored: ${names}\n`);
  };

  const request = (method: string, target: string, body: JsonObject | undefined): Promise<Response> =>
    io.fetch(target, {
      method,
      headers: {
        'x-portkey-api-key': key.reveal(),
        accept: 'application/json',
        'user-agent': `portolan-cli/${io.version}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect could carry the key to somebody else.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });

  const once = async (
    method: string,
    target: string,
    body: JsonObject | undefined,
  ): Promise<{ readonly response?: Response; readonly answer?: JsonObject; readonly error?: ApiFailure }> => {
    let response: Response | undefined;
    try {
      response = await request(method, target, body);
      const answer = readAnswer(response, await readText(response));
      tellIgnored(response);
      return { answer };
    } catch (error) {
      if (!(error instanceof ApiFailure)) return { error: noAnswer(error, method, base, timeoutMs) };
      return response === undefined ? { error } : { error, response };
    }
  };

  const call = async (
    method: string,
    path: string,
    body: JsonObject | undefined,
    query: Query,
  ): Promise<JsonObject> => {
    const target = `${base}/v1${path}${queryText(query)}`;
    for (let tried = 1; ; tried += 1) {
      const { answer, error, response } = await once(method, target, body);
      if (answer !== undefined) return answer;
      const waitMs = waitBeforeRetry(method, tried, error?.refusal.status ?? 0, retryAfterS(error, response));
      if (waitMs === undefined) throw error;
      await io.pause(waitMs);
    }
  };

  const list = async (path: string, query: Query): Promise<readonly JsonObject[]> => {
    const items: JsonObject[] = [];
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const paging = { page_size: String(PAGE_SIZE), current_page: String(page) };
      const { data, total } = await call('GET', path, undefined, { ...query, ...paging });
      const found = isArray(data) ? data.filter(isObject) : [];
      items.push(...found);
      const isLast = typeof total === 'number' ? items.length >= total : found.length < PAGE_SIZE;
      if (isLast || found.length === 0) return items;
    }
    throw new Refused(`The list ${path} has more than ${PAGES_MAX * PAGE_SIZE} entries.`);
  };

  return {
    get: (path, query = {}) => call('GET', path, undefined, query),
    list: (path, query = {}) => list(path, query),
    send: (method, path, body, query = {}) => call(method, path, body, query),
  };
};

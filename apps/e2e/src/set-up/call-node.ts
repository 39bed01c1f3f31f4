import { at, type Json } from './json.ts';
import type { CallResult, SdkError } from './python.ts';

/**
 * One call of a method of a client, found by the names that lead to it.
 * @param id  what the result is called
 */
export async function callNode(
  client: object,
  id: string,
  names: readonly string[],
  args: readonly unknown[],
): Promise<CallResult> {
  const items: Json[] = [];
  try {
    const answer = await callMethod(client, names, args);
    if (!args.some(asksForStream)) return { id, items, value: toJson(answer), error: null };
    if (!isAsyncIterable(answer)) throw new TypeError(`${id} gave no stream`);
    for await (const item of answer) items.push(toJson(item));
    return { id, items, value: null, error: null };
  } catch (error) {
    return { id, items, value: null, error: describeError(error) };
  }
}

function callMethod(client: object, names: readonly string[], args: readonly unknown[]): unknown {
  const owner = names.slice(0, -1).reduce<unknown>(property, client);
  const method = property(owner, names.at(-1) ?? '');
  if (typeof method !== 'function') throw new TypeError(`the client has no ${names.join('.')}`);
  return Reflect.apply(method, owner, args);
}

function property(owner: unknown, name: string): unknown {
  if (typeof owner !== 'object' || owner === null) throw new TypeError(`there is nothing that could have ${name}`);
  return Reflect.get(owner, name);
}

/** Lists can be iterated as well, which would ask for their further pages. */
const asksForStream = (params: unknown): boolean => at(params, 'stream') === true;

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

const toJson = (value: unknown): Json => JSON.parse(JSON.stringify(value) ?? 'null') as Json;

function describeError(error: unknown): SdkError {
  if (!(error instanceof Error)) throw error;
  const status = 'status' in error && typeof error.status === 'number' ? error.status : null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { type: error.constructor.name, status, message: error.message, code };
}

import OpenAI from 'openai';
import { createHeaders, Portkey } from 'portkey-ai';
import type { Config, Json } from './json.ts';
import type { Platform } from './platform.ts';
import { type CallResult, pythonProblem, runPython, type SdkError } from './python.ts';

/** One call as both languages write it: the method by its path on the client, the parameters as OpenAI names them. */
export interface SdkCall {
  readonly id: string;
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A published client library, driven as its users drive it: nothing of it is patched or mocked. */
export interface Sdk {
  /** Begins with the reason in capitals when it cannot run here. */
  readonly name: string;
  readonly canRun: boolean;
  /** False: it asks for the provider's own words where they differ from OpenAI's. */
  readonly strict: boolean;
  run(platform: Platform, config: Config | string, calls: readonly SdkCall[]): Promise<ReadonlyMap<string, CallResult>>;
}

const openaiNode: Sdk = {
  name: 'openai for Node',
  canRun: true,
  strict: true,
  run: ({ apiUrl, apiKey }, config, calls) =>
    runNode(
      new OpenAI({ baseURL: apiUrl, apiKey: 'unused', defaultHeaders: createHeaders({ apiKey, config }) }),
      calls,
    ),
};

const portkeyNode: Sdk = {
  name: 'portkey-ai for Node',
  canRun: true,
  strict: false,
  run: ({ apiUrl, apiKey }, config, calls) => runNode(new Portkey({ baseURL: apiUrl, apiKey, config }), calls),
};

const python = (name: string, client: 'openai' | 'portkey'): Sdk => ({
  name: `${pythonProblem}${name}`,
  canRun: pythonProblem === '',
  strict: client === 'openai',
  run: ({ apiUrl, apiKey }, config, calls) =>
    runPython('sdk_calls.py', {
      options: { client, base_url: apiUrl, api_key: apiKey, headers: { config } },
      calls: calls.map((call) => ({ ...call })),
    }),
});

export const SDKS: readonly Sdk[] = [
  openaiNode,
  portkeyNode,
  python('openai for Python', 'openai'),
  python('portkey-ai for Python', 'portkey'),
];

async function runNode(client: object, calls: readonly SdkCall[]): Promise<ReadonlyMap<string, CallResult>> {
  const results = new Map<string, CallResult>();
  for (const call of calls) results.set(call.id, await runNodeCall(client, call));
  return results;
}

async function runNodeCall(client: object, { id, path, params }: SdkCall): Promise<CallResult> {
  const items: Json[] = [];
  try {
    const answer = await callMethod(client, path.split('.'), params);
    if (params.stream !== true) return { id, items, value: toJson(answer), error: null };
    if (!isAsyncIterable(answer)) throw new TypeError(`${path} gave no stream`);
    for await (const item of answer) items.push(toJson(item));
    return { id, items, value: null, error: null };
  } catch (error) {
    return { id, items, value: null, error: describeError(error) };
  }
}

function callMethod(client: object, names: readonly string[], params: object): unknown {
  const owner = names.slice(0, -1).reduce<unknown>(property, client);
  const method = property(owner, names.at(-1) ?? '');
  if (typeof method !== 'function') throw new TypeError(`the client has no ${names.join('.')}`);
  return Reflect.apply(method, owner, [params]);
}

function property(owner: unknown, name: string): unknown {
  if (typeof owner !== 'object' || owner === null) throw new TypeError(`there is nothing that could have ${name}`);
  return Reflect.get(owner, name);
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

const toJson = (value: unknown): Json => JSON.parse(JSON.stringify(value) ?? 'null') as Json;

function describeError(error: unknown): SdkError {
  if (!(error instanceof Error)) throw error;
  const status = 'status' in error && typeof error.status === 'number' ? error.status : null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { type: error.constructor.name, status, message: error.message, code };
}

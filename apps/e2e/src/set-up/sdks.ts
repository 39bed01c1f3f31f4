import OpenAI from 'openai';
import { createHeaders, Portkey } from 'portkey-ai';
import { callNode } from './call-node.ts';
import type { Config } from './json.ts';
import type { Platform } from './platform.ts';
import { type CallResult, pythonProblem, runPython } from './python.ts';

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
  for (const { id, path, params } of calls) {
    results.set(id, await callNode(client, id, path.split('.'), [params]));
  }
  return results;
}

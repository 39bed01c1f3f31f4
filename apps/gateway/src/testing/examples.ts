import { readFileSync } from 'node:fs';
import { type Fleet, startFleet } from './fleet.ts';
import { type GatewayUnderTest, type PostOptions, startGateway } from './start-gateway.ts';

interface Example {
  readonly id: string;
  readonly title: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly errorsBegin?: readonly string[];
  readonly choices?: readonly { readonly facts: Facts; readonly expect: number }[];
  readonly request?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: object };
}

interface Facts {
  readonly metadata: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The worked examples of the config's contract; the schema's own tests read the same rows. */
const examples = JSON.parse(
  readFileSync(new URL('../../../../libs/config-schema/src/__fixtures__/examples.json', import.meta.url), 'utf8'),
) as readonly Example[];

export const example = (id: string): Example => {
  const found = examples.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no example ${id}`);
  return found;
};

export const configOf = (id: string): Readonly<Record<string, unknown>> => {
  const { config } = example(id);
  if (config === undefined) throw new Error(`example ${id} has no config`);
  return config;
};

/** Id and title, for the name of a test. */
export const title = (id: string): string => `${id} ${example(id).title}`;

/** The virtual keys of the examples. */
const FLEET = {
  'openai-prod': 'openai',
  'anthropic-prod': 'anthropic',
  k1: 'openai',
  k2: 'openai',
  vk: 'openai',
  'open-ai-xxx': 'openai',
  'azure-open-ai-xxx': 'openai',
  'oai-eu': 'openai',
  'azure-eu': 'openai',
  anthropic: 'anthropic',
  anth: 'anthropic',
  oai: 'openai',
  azure: 'openai',
  a: 'openai',
  b: 'openai',
  private: 'openai',
  'team-a': 'openai',
  backup: 'openai',
  google: 'google',
  mistral: 'mistral-ai',
} as const;

/** Providers whose adapters come later. */
const LATER = {
  'azure-prod': { provider: 'azure-openai', api_key: 'az-1', settings: { resource_name: 'r', deployment_id: 'd' } },
  'bedrock-prod': { provider: 'bedrock', settings: { aws_region: 'us-east-1' } },
  'vertex-prod': { provider: 'vertex-ai', settings: { vertex_project_id: 'p-1', vertex_region: 'us-central1' } },
};

/** A gateway that knows every virtual key of the examples, and those configs that must be saved. */
export interface ExampleWorld {
  readonly fleet: Fleet;
  readonly gateway: GatewayUnderTest;
  /** A chat completion. */
  ask(options: PostOptions, rest?: object): Promise<Response>;
  /** The example's own config, sent to the stand-in of a slug. */
  askAt(
    slug: keyof typeof FLEET,
    id: string,
    rest?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
  /** What the next draws are; undefined for chance. */
  drawAt(at: number | undefined): void;
  reset(): void;
  close(): Promise<void>;
}

export const startExampleWorld = async (): Promise<ExampleWorld> => {
  const fleet = await startFleet(FLEET);
  const random = Math.random;
  let nextDraw: number | undefined;
  const gateway = await startGateway({
    random: () => nextDraw ?? random(),
    virtualKeys: { ...fleet.virtualKeys, ...LATER },
    configs: {
      'pc-conditional': configOf('E2'),
      'pc-sticky': configOf('E3'),
      'pc-breaker': configOf('E4'),
      'pc-xxxx': { virtual_key: 'oai' },
    },
  });
  const ask: ExampleWorld['ask'] = (options, rest) => gateway.post('/chat/completions', llamaIndexBody(rest), options);
  return {
    fleet,
    gateway,
    ask,
    askAt: (slug, id, rest, headers) =>
      ask({ config: configOf(id), headers: { 'x-portkey-custom-host': fleet.at(slug).url, ...headers } }, rest),
    drawAt(at) {
      nextDraw = at;
    },
    reset() {
      fleet.reset();
      nextDraw = undefined;
    },
    async close() {
      await gateway.close();
      await fleet.close();
    },
  };
};

/** What LlamaIndex posts. */
export const llamaIndexBody = (rest: object = {}) => ({
  model: 'gpt-3.5-turbo',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
  ],
  temperature: 0.1,
  stream: false,
  ...rest,
});

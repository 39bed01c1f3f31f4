import { createServer, type Server } from 'node:net';
import { createDispatcher, createTrust } from '@portolan/egress-rules';
import { type StandIn, startStandIn } from '@portolan/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callRoutes } from '../http/routes/calls.ts';
import { hostileUrls } from '../testing/hostile-urls.ts';
import { pipelined } from '../testing/pipelined.ts';
import { config, prompt, virtualKey } from '../testing/platform-entities.ts';
import { chat, MODELS, targetAt } from '../testing/providers.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';
import { type PlatformUnderTest, startPlatform } from '../testing/start-platform.ts';

/** Nobody may ever come here. */
interface Canary {
  readonly port: number;
  readonly visits: number;
  close(): Promise<void>;
}

const listening = async (host: string, port: number): Promise<Canary | undefined> => {
  let visits = 0;
  const server: Server = createServer((socket) => {
    visits += 1;
    socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
  });
  const isUp = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => resolve(true));
  });
  if (!isUp) return undefined;
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get visits() {
      return visits;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

const canaries: Canary[] = [];
let urls: readonly string[] = [];
let gateway: GatewayUnderTest;
/** Reads the same from a control plane and a vault: prompts are there only. */
let platform: PlatformUnderTest;

beforeAll(async () => {
  const first = await listening('127.0.0.1', 0);
  if (first === undefined) throw new Error('loopback cannot be listened on');
  const others = await Promise.all([
    listening('::1', first.port),
    listening('127.0.0.1', 0),
    listening('127.0.0.1', 80),
    listening('127.0.0.1', 443),
  ]);
  canaries.push(first, ...others.filter((each) => each !== undefined));
  urls = hostileUrls(first.port);
  gateway = await startGateway({
    env: { TRUSTED_CUSTOM_HOSTS: '', GATEWAY_LOG_DIR: '' },
    configs: Object.fromEntries(urls.map((url, at) => [`pc-${at}`, targetAt('openai', url)])),
    virtualKeys: Object.fromEntries(
      urls.map((url, at) => [`vk-${at}`, { provider: 'openai', api_key: 'SECRET', custom_host: url }]),
    ),
  });
  platform = await startPlatform(
    [
      // Without a virtual key of its own, so that it goes where the call says.
      prompt('x', [{ template: '[{"role":"user","content":"Hello"}]', model: MODELS.openai }]),
      ...urls.flatMap((url, at) => [config(`pc-${at}`, 1, targetAt('openai', url)), virtualKey(`vk-${at}`)]),
    ],
    { env: { TRUSTED_CUSTOM_HOSTS: '', GATEWAY_LOG_DIR: '', GATEWAY_SNAPSHOT_KEY_FILE: '' } },
  );
  for (const [at, url] of urls.entries()) {
    const settings = { custom_host: url };
    platform.vault.put(`cred-vk-${at}`, { provider: 'openai', secrets: { key: 'SECRET' }, settings, allowedHosts: [] });
  }
});
afterAll(async () => {
  await gateway.close();
  await platform.close();
  await Promise.all(canaries.map((canary) => canary.close()));
});

const visits = (): number => canaries.reduce((sum, canary) => sum + canary.visits, 0);

/** What a client can write into a header: no line ends, no zero byte; other characters as UTF-8. */
const asHeader = (text: string): string | undefined =>
  /[\r\n\0]/.test(text) ? undefined : Buffer.from(text, 'utf8').toString('latin1');

/** JSON in ASCII, as Python's client writes it. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Every way to tell the gateway about a host: the headers that carry a URL, or undefined where that cannot be. */
const carriers: Readonly<Record<string, (url: string, at: number) => Readonly<Record<string, string>> | undefined>> = {
  'a header': (url) => {
    const value = asHeader(url);
    return value === undefined ? undefined : { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': value };
  },
  'an inline config': (url) => ({ 'x-portkey-config': asciiJson(targetAt('openai', url)) }),
  'a nested target': (url) => ({
    'x-portkey-config': asciiJson({
      strategy: { mode: 'fallback' },
      targets: [{ strategy: { mode: 'loadbalance' }, targets: [targetAt('openai', url)] }],
    }),
  }),
  'a parent of the target': (url) => ({
    'x-portkey-config': asciiJson({
      strategy: { mode: 'fallback' },
      custom_host: url,
      targets: [{ provider: 'openai', api_key: 'K' }],
    }),
  }),
  'a saved config': (_url, at) => ({ 'x-portkey-config': `pc-${at}` }),
  'a virtual key': (_url, at) => ({ 'x-portkey-provider': `@vk-${at}` }),
};

const body = JSON.stringify({ ...chat(MODELS.openai, 'Hello'), prompt: 'Hello', input: 'Hello' });

/** The gateway that has what a path is about. */
const gatewayOf = (path: string): GatewayUnderTest => (path.startsWith('/v1/prompts/') ? platform.gateway : gateway);

const request = (method: string, path: string, headers: Readonly<Record<string, string>>): string => {
  const sent = method === 'GET' ? '' : body;
  const lines = Object.entries({
    host: 'gateway',
    'content-type': 'application/json',
    'content-length': String(sent.length),
    'x-portkey-api-key': gatewayOf(path).key,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path.replace(/:\w+|\*/g, 'x')} HTTP/1.1\r\n${lines.join('')}\r\n${sent}`;
};

it('the corpus is large, and without doubles', () => {
  expect(urls.length).toBeGreaterThanOrEqual(400);
  expect(new Set(urls).size).toBe(urls.length);
});

/** These are answered by the gateway itself, whatever a call says about hosts. */
const ANSWERED_HERE: ReadonlySet<string> = new Set(['retrieveModel', 'renderPrompt']);

describe.each(callRoutes.map(({ ...row }) => row))('$method $path', ({ method, path, asks }) => {
  it.each(Object.keys(carriers))('goes nowhere that %s must not lead', { timeout: 30_000 }, async (name) => {
    const carry = carriers[name] ?? (() => undefined);
    const before = visits();
    const asked = urls.flatMap((url, at) => {
      const headers = carry(url, at);
      return headers === undefined ? [] : [{ url, text: request(method, path, headers) }];
    });
    expect(asked.length).toBeGreaterThan(380);
    const answers = await pipelined(
      Number(new URL(gatewayOf(path).url).port),
      asked.map(({ text }) => text),
    );
    expect(visits()).toBe(before);
    if (ANSWERED_HERE.has(asks)) return;
    const through = asked.flatMap(({ url }, at) => (answers[at]?.status === 400 ? [] : [[url, answers[at]]]));
    expect(through).toEqual([]);
    for (const answer of answers) expect(answer.body).toMatch(/Invalid c(ustom host|onfig)/);
  });
});

it.each([
  'localhost',
  'LOCALHOST',
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '0177.0.0.1',
  '2130706433',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '0.0.0.0',
  '[::]',
])('the way out itself refuses %s, whoever let it through before', async (host) => {
  const before = visits();
  const dispatcher = createDispatcher({ trust: createTrust([]), connectTimeoutMs: 2_000, connections: 1 });
  const code = await dispatcher
    .request({ origin: `http://${host}:${canaries[0]?.port}`, path: '/', method: 'GET' })
    .then(
      ({ statusCode }) => statusCode,
      (error: NodeJS.ErrnoException) => error.code,
    );
  await dispatcher.destroy();
  expect(code).toBe('EGRESS_DENIED');
  expect(visits()).toBe(before);
});

describe('a stored credential', () => {
  let home: StandIn;
  let elsewhere: StandIn;
  let trusting: GatewayUnderTest;

  beforeAll(async () => {
    home = await startStandIn('openai', { apiKey: 'SECRET' });
    elsewhere = await startStandIn('openai');
    trusting = await startGateway({
      virtualKeys: {
        bound: { provider: 'openai', api_key: 'SECRET', custom_host: home.url },
        loose: {
          provider: 'openai',
          api_key: 'SECRET',
          custom_host: home.url,
          allowed_hosts: [new URL(elsewhere.url).host],
        },
        free: { provider: 'openai', custom_host: home.url },
      },
      configs: { 'pc-stored': { provider: 'openai', api_key: 'SECRET', custom_host: home.url } },
    });
  });
  afterAll(async () => {
    await trusting.close();
    await Promise.all([home.close(), elsewhere.close()]);
  });
  beforeEach(() => {
    home.reset();
    elsewhere.reset();
  });

  const call = (options: { config?: unknown; headers?: Record<string, string>; model?: string }) =>
    trusting.post('/chat/completions', chat(options.model ?? MODELS.openai, 'Hello'), options);

  const chosen = (): Record<string, string> => ({ 'x-portkey-custom-host': elsewhere.url });

  const ways: Readonly<Record<string, () => Parameters<typeof call>[0]>> = {
    'a header beside a slug': () => ({ headers: { ...chosen(), 'x-portkey-provider': '@bound' } }),
    'a header beside a virtual key': () => ({ headers: { ...chosen(), 'x-portkey-virtual-key': 'bound' } }),
    'a header beside the model': () => ({ headers: chosen(), model: `@bound/${MODELS.openai}` }),
    'a header beside a config': () => ({ headers: chosen(), config: { virtual_key: 'bound' } }),
    'the config itself': () => ({ config: { virtual_key: 'bound', custom_host: elsewhere.url } }),
    'a nested target': () => ({
      config: { strategy: { mode: 'single' }, custom_host: elsewhere.url, targets: [{ provider: '@bound' }] },
    }),
  };

  it.each(Object.entries(ways))('does not travel to a host that the caller chose by %s', async (_name, way) => {
    const response = await call(way());
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: 'Invalid custom host' } });
    expect(elsewhere.requests).toEqual([]);
    expect(home.requests).toEqual([]);
  });

  it('of a saved config does not travel to a host that the caller chose', async () => {
    const response = await call({ headers: { ...chosen(), 'x-portkey-config': 'pc-stored' } });
    await response.body?.cancel();
    expect(JSON.stringify(elsewhere.requests)).not.toContain('SECRET');
  });

  it('travels to its own host, and to one that its entry allows', async () => {
    expect((await call({ headers: { 'x-portkey-provider': '@bound' } })).status).toBe(200);
    expect(home.requests[0]?.headers.authorization).toBe('Bearer SECRET');
    expect((await call({ headers: { ...chosen(), 'x-portkey-provider': '@loose' } })).status).toBe(200);
    expect(elsewhere.requests[0]?.headers.authorization).toBe('Bearer SECRET');
  });

  it('that is none leaves the caller free to choose', async () => {
    await call({ headers: { ...chosen(), 'x-portkey-provider': '@free', authorization: 'Bearer own' } });
    expect(elsewhere.requests).toHaveLength(1);
    expect(elsewhere.requests[0]?.headers.authorization).toBe('Bearer own');
  });
});

/** Media that a message names is fetched by the gateway for providers that do not fetch it themselves. */
it.each([
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0.0.0.0',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '169.254.169.254',
  'vm',
  'metadata.google.internal',
])('no picture is fetched from %s', async (host) => {
  const google = await startStandIn('google');
  const trusting = await startGateway({ env: { TRUSTED_CUSTOM_HOSTS: 'localhost', GATEWAY_LOG_DIR: '' } });
  const before = visits();
  const picture = (url: string) => ({ role: 'user', content: [{ type: 'image_url', image_url: { url } }] });
  for (const url of [`http://${host}/x.png`, `http://${host}:${canaries[0]?.port}/x.png`]) {
    const response = await trusting.post(
      '/chat/completions',
      { model: MODELS.google, messages: [picture(url)] },
      { config: targetAt('google', google.url.replace('127.0.0.1', 'localhost')) },
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'media_download_failed' } });
  }
  expect(visits()).toBe(before);
  expect(google.requests).toEqual([]);
  await trusting.close();
  await google.close();
});

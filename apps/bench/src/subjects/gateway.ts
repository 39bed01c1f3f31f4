import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coldStart } from '../process/cold-start.ts';
import { freePort } from '../process/free-port.ts';
import { question } from '../upstream/answer.ts';
import { CHAT_PATH, type Running, type Subject, type SubjectId } from './subject.ts';

const GATEWAY_KEY = 'pt-bench-0123456789abcdef';
const CONFIG_SLUG = 'pc-bench';

/** What a subject adds to a running gateway: its environment and the headers its client sends. */
interface Setting {
  readonly env: (folder: string) => Readonly<Record<string, string>>;
  readonly headers: (upstreamBaseUrl: string) => Readonly<Record<string, string>>;
  readonly prepare: (folder: string, upstreamBaseUrl: string) => Promise<void>;
}

/** A key, a provider and a host: the least a request can name. */
const bareSetting: Setting = {
  env: () => ({}),
  headers: (upstreamBaseUrl) => ({
    authorization: 'Bearer sk-bench',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': upstreamBaseUrl,
  }),
  prepare: async () => {},
};

/** Every feature that a request can pass through, switched on. */
const everythingSetting: Setting = {
  env: (folder) => ({ GATEWAY_CONFIGS_DIR: join(folder, 'configs'), GATEWAY_LOG_DIR: join(folder, 'logs') }),
  headers: () => ({
    'x-portkey-config': CONFIG_SLUG,
    'x-portkey-trace-id': '0af7651916cd43dd8448eb211c80319c',
    'x-portkey-metadata': JSON.stringify({ _user: 'user-17', environment: 'production', session_id: '1729' }),
  }),
  prepare: async (folder, upstreamBaseUrl) => {
    await mkdir(join(folder, 'configs'));
    await mkdir(join(folder, 'logs'));
    await writeFile(join(folder, 'configs', `${CONFIG_SLUG}.json`), JSON.stringify(everythingConfig(upstreamBaseUrl)));
  },
};

const everythingConfig = (upstreamBaseUrl: string): object => ({
  provider: 'openai',
  api_key: 'sk-bench',
  custom_host: upstreamBaseUrl,
  retry: { attempts: 3 },
  request_timeout: 30_000,
  first_token_timeout: 30_000,
  stream_idle_timeout: 30_000,
  total_timeout: 60_000,
});

const gatewaySubject = (id: SubjectId, title: string, entry: string, setting: Setting): Subject => ({
  id,
  title,
  async start(upstreamBaseUrl): Promise<Running> {
    const folder = await mkdtemp(join(tmpdir(), 'portolan-bench-'));
    const forget = (): Promise<void> => rm(folder, { recursive: true, force: true });
    try {
      await writeFile(join(folder, 'keys'), `${GATEWAY_KEY}\n`);
      await setting.prepare(folder, upstreamBaseUrl);
      const port = await freePort();
      const url = `http://127.0.0.1:${port}/v1${CHAT_PATH}`;
      const headers = {
        'content-type': 'application/json',
        'x-portkey-api-key': GATEWAY_KEY,
        ...setting.headers(upstreamBaseUrl),
      };
      const plain = { url, headers, body: question(false) };
      const env = {
        GATEWAY_PORT: String(port),
        GATEWAY_HOST: '127.0.0.1',
        GATEWAY_HEALTH_PORT: 'off',
        GATEWAY_API_KEYS_FILE: join(folder, 'keys'),
        GATEWAY_DRAIN_DELAY_MS: '0',
        TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost',
        ...setting.env(folder),
      };
      const started = await coldStart([entry], env, plain);
      return {
        id,
        plain,
        streamed: { url, headers, body: question(true) },
        process: started,
        stop: () => started.child.stop().finally(forget),
      };
    } catch (error) {
      await forget();
      throw error;
    }
  },
});

/** @param entry the built gateway's main file */
export const gatewaySubjects = (entry: string): readonly Subject[] => [
  gatewaySubject('bare', 'gateway, bare', entry, bareSetting),
  gatewaySubject('everything', 'gateway, everything on', entry, everythingSetting),
];

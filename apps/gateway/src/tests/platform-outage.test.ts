import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiKeyStatus } from '@portolan/proto';
import type { Clock } from '@portolan/service-kit';
import { tempDir, until } from '@portolan/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startControlPlane } from '../testing/control-plane-stand-in.ts';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { apiKey, config, newKey, organization, prompt, virtualKey, workspace } from '../testing/platform-entities.ts';
import type { GatewayUnderTest } from '../testing/start-gateway.ts';
import { type PlatformUnderTest, startPlatform } from '../testing/start-platform.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ oai: 'openai' });
});
afterAll(() => fleet.close());

const CANARY = 'canary-provider-secret';

const entities = () => [
  virtualKey('oai'),
  config('pc-saved', 1, { virtual_key: 'oai' }),
  prompt('pp-saved', [
    { template: '[{"role":"user","content":"{{a}}"}]', model: 'gpt-4o-mini', virtualKeySlug: 'oai' },
  ]),
];

const store = ({ vault }: PlatformUnderTest, rest: object = {}) => {
  const { url } = fleet.at('oai');
  vault.put('cred-oai', {
    provider: 'openai',
    secrets: { key: CANARY },
    settings: { custom_host: url },
    allowedHosts: [new URL(url).origin],
    ...rest,
  });
};

const hello = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };

const statuses = async (gateway: GatewayUnderTest): Promise<readonly number[]> => [
  (await gateway.post('/chat/completions', hello, { headers: { 'x-portkey-config': 'pc-saved' } })).status,
  (await gateway.post('/chat/completions', hello, { headers: { 'x-portkey-provider': '@oai' } })).status,
  (await gateway.post('/prompts/pp-saved/completions', { variables: { a: 'b' } })).status,
];

const ALL_WELL = [200, 200, 200];

describe('everything is dead', () => {
  let platform: PlatformUnderTest;
  let folder: Awaited<ReturnType<typeof tempDir>>;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = await tempDir();
    env = {
      GATEWAY_SNAPSHOT_DIR: join(folder.path, 'snapshot'),
      GATEWAY_SNAPSHOT_KEY_FILE: join(folder.path, 'key'),
    };
    await writeFile(join(folder.path, 'key'), randomBytes(32).toString('base64'));
    platform = await startPlatform(entities(), { env });
    store(platform);
    expect(await statuses(platform.gateway)).toEqual(ALL_WELL);
    await Promise.all([platform.controlPlane.stop(), platform.vault.stop()]);
  });
  afterAll(async () => {
    await platform.close();
    await folder.remove();
  });

  it('a running gateway serves all that is known', async () => {
    expect(await statuses(platform.gateway)).toEqual(ALL_WELL);
  });

  it('what is not known is a 503 that says whom it needs, never a fault of the caller', async () => {
    const type = async (response: Response) => [
      response.status,
      ((await response.json()) as { error: { type: string } }).error.type,
    ];
    const ask = (headers: Record<string, string>) => platform.gateway.post('/chat/completions', hello, { headers });
    const gone = [503, 'control_plane_unavailable'];
    expect(await type(await ask({ 'x-portkey-api-key': newKey() }))).toEqual(gone);
    expect(await type(await ask({ 'x-portkey-config': 'pc-other' }))).toEqual(gone);
    expect(await type(await ask({ 'x-portkey-provider': '@other' }))).toEqual(gone);
    expect(await type(await platform.gateway.post('/prompts/pp-other/completions', {}))).toEqual(gone);
    // What cannot have been issued by anyone needs nobody to say so.
    expect((await ask({ 'x-portkey-api-key': 'nonsense' })).status).toBe(401);
  });

  it('a gateway that starts now serves the same from the sealed file, which shows nothing of it', async () => {
    await platform.gateway.gateway.drain();
    const [file] = await readdir(env.GATEWAY_SNAPSHOT_DIR ?? '');
    expect(file).toBe('snapshot.sealed');
    const bytes = await readFile(join(env.GATEWAY_SNAPSHOT_DIR ?? '', 'snapshot.sealed'));
    for (const word of [CANARY, 'pc-saved', 'pp-saved', platform.key, 'api.openai.com', 'org-1']) {
      expect(bytes.includes(word), word).toBe(false);
    }
    const again = await platform.another();
    expect(await statuses(again)).toEqual(ALL_WELL);
  });

  it.each([
    [
      'was changed in one bit',
      async (path: string) => {
        const bytes = await readFile(path);
        bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
        await writeFile(path, bytes);
      },
    ],
    ['was cut', async (path: string) => writeFile(path, (await readFile(path)).subarray(0, -1))],
    ['is empty', async (path: string) => writeFile(path, '')],
    [
      'belongs to another key',
      async (path: string) => writeFile(join(path, '..', 'key'), randomBytes(32).toString('base64')),
    ],
  ])('a file that %s is not believed', async (_what, spoil) => {
    const other = await tempDir();
    const path = join(other.path, 'snapshot.sealed');
    await mkdir(other.path, { recursive: true });
    await copyFile(join(env.GATEWAY_SNAPSHOT_DIR ?? '', 'snapshot.sealed'), path);
    await copyFile(join(folder.path, 'key'), join(other.path, 'key'));
    await spoil(path);
    const lines: string[] = [];
    const output = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    const gateway = await platform
      .startOnly({
        env: {
          GATEWAY_SNAPSHOT_DIR: other.path,
          GATEWAY_SNAPSHOT_KEY_FILE: join(other.path, 'key'),
          LOG_LEVEL: 'error',
        },
      })
      .finally(() => output.mockRestore());
    expect(gateway.gateway.ready()).toBe(false);
    expect(lines.join('')).toContain('the snapshot on disk is not used');
    // Nobody is told that a key is wrong by a gateway that has not heard of any.
    expect(await statuses(gateway)).toEqual([503, 503, 503]);
    await gateway.close();
    await other.remove();
  });
});

describe('the platform comes back', () => {
  it('changes from meanwhile are taken up where the stream stopped', async () => {
    const platform = await startPlatform(entities());
    store(platform);
    await platform.settled();
    const port = Number(platform.controlPlane.target.split(':')[1]);
    await platform.controlPlane.stop();
    const back = await startControlPlane({ port, revisionFrom: platform.controlPlane.revision() });
    const key = newKey();
    const revision = back.commit(apiKey(key, platform.vault.pepper, { id: 'new' }));
    await until(() => platform.gateway.gateway.revision() >= revision || undefined, { what: 'the new revision' });
    expect(back.asked.resumeTokens[0]).toMatch(/^r\d+$/);
    const headers = { 'x-portkey-config': 'pc-saved', 'x-portkey-api-key': key };
    expect((await platform.gateway.post('/chat/completions', hello, { headers })).status).toBe(200);
    await back.stop();
    await platform.close();
  });

  it('one whose database was set back is followed, and no key that was revoked since comes back with it', async () => {
    const platform = await startPlatform(entities());
    const key = newKey();
    const keyOf = (rest: object) => apiKey(key, platform.vault.pepper, { id: 'ended', ...rest });
    platform.controlPlane.commit(keyOf({}));
    const revoked = platform.controlPlane.commit(keyOf({ status: ApiKeyStatus.API_KEY_STATUS_REVOKED, generation: 2 }));
    await platform.settled();
    const [, port] = platform.controlPlane.target.split(':');
    await platform.controlPlane.stop();
    const restored = await startControlPlane({ port: Number(port) });
    restored.commit(organization(), workspace(), apiKey(platform.key, platform.vault.pepper), keyOf({}), ...entities());
    await until(() => platform.gateway.gateway.revision() < revoked || undefined, { what: 'the earlier revision' });
    const headers = { 'x-portkey-config': 'pc-saved' };
    const status = async (of: string) =>
      (await platform.gateway.post('/chat/completions', hello, { headers: { ...headers, 'x-portkey-api-key': of } }))
        .status;
    expect(await status(key)).toBe(401);
    store(platform);
    expect(await status(platform.key)).toBe(200);
    await restored.stop();
    await platform.close();
  });
});

describe('the vault is dead for a day', () => {
  it('a credential in use works until it may not be used any longer', async () => {
    let aheadMs = 0;
    const clock: Clock = { wallMs: () => Date.now() + aheadMs, monotonicMs: () => performance.now() + aheadMs };
    const platform = await startPlatform(entities(), { clock });
    store(platform, { freshForMs: 300_000, usableForMs: 86_400_000 });
    const status = async () => (await statuses(platform.gateway))[1];
    expect(await status()).toBe(200);
    await platform.vault.stop();
    for (let hour = 1; hour <= 23; hour += 1) {
      aheadMs = hour * 3_600_000;
      expect([hour, await status()]).toEqual([hour, 200]);
    }
    aheadMs = 24 * 3_600_000 + 60_000;
    const last = await platform.gateway.post('/chat/completions', hello, { headers: { 'x-portkey-provider': '@oai' } });
    expect(last.status).toBe(503);
    expect(((await last.json()) as { error: { type: string } }).error.type).toBe('vault_unavailable');
    await platform.close();
  });
});

describe('a change is seen whole or not at all', () => {
  it('by every call, however many changes there are', { timeout: 30_000 }, async () => {
    const slugs = ['a', 'b', 'c', 'd', 'e'];
    const both = (version: number) => [
      ...slugs.map((slug) =>
        prompt(`pp-${slug}`, [{ template: `[{"role":"user","content":"v${version}"}]`, model: 'm' }], {
          generation: version,
        }),
      ),
      config('pc-all', version, {
        strategy: { mode: 'fallback' },
        targets: slugs.map((slug) => ({
          prompt_id: `pp-${slug}`,
          provider: 'openai',
          api_key: `v${version}`,
          custom_host: fleet.at('oai').url,
          override_params: { model: 'gpt-4o-mini' },
        })),
      }),
    ];
    const platform = await startPlatform(both(1));
    fleet.reset();
    let version = 1;
    let isOver = false;
    const changing = (async () => {
      for (; version < 150; ) {
        version += 1;
        platform.controlPlane.commit(...both(version));
        await new Promise((resolve) => setImmediate(resolve));
      }
      isOver = true;
    })();
    const calling = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const headers = { 'x-portkey-config': 'pc-all' };
        await platform.gateway.post('/prompts/pp-a/completions', {}, { headers });
      }
    });
    await Promise.all([changing, ...calling]);
    const seen = fleet.at('oai').requests.map(({ headers, rawBody }) => {
      const { messages } = JSON.parse(rawBody) as { messages: { content: string }[] };
      return [headers.authorization?.replace('Bearer ', ''), messages[0]?.content];
    });
    expect(seen.length).toBeGreaterThan(20);
    for (const [ofConfig, ofPrompt] of seen) expect(ofPrompt).toBe(ofConfig);
    expect(new Set(seen.map(([ofConfig]) => ofConfig)).size).toBeGreaterThan(3);
    await platform.settled();
    expect(platform.gateway.gateway.revision()).toBe(platform.controlPlane.revision());
    await platform.close();
  });
});

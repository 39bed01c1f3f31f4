import { type Config, type Entity, GatewayServiceService, type WatchSnapshotResponse } from '@portolan/proto';
import { createErrorCodec, createRpcClient, type RpcClient } from '@portolan/rpc';
import { CODES, PlatformError } from '@portolan/service-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pruneChanges } from '../change/counter.ts';
import { createFeed, type Feed } from '../change/feed.ts';
import { snapshotReaders } from '../snapshot/readers.ts';
import { createWithheld, type Withheld } from '../snapshot/withheld.ts';
import type { Tenant, TestPlatform } from '../testing/platform.ts';
import { createGatewayRpc } from './server.ts';

const ERRORS = createErrorCodec({ CODES, PlatformError });
const TIMEOUT_MS = 60_000;

const isConfig = (entity: Entity): entity is Entity & { kind: { $case: 'config'; value: Config } } =>
  entity.kind?.$case === 'config';

/** What gateways are promised. */
export const rpcConformance = (platform: () => TestPlatform): void => {
  describe('the snapshot for gateways', () => {
    let feed: Feed;
    let withheld: Withheld;
    let server: ReturnType<typeof createGatewayRpc>;
    let client: RpcClient;
    let target: string;
    let tenant: Tenant;
    let key: string;

    beforeAll(async () => {
      const { db, log, vault } = platform().deps;
      withheld = createWithheld({ db, vault, log, retryMs: 20 });
      const readers = snapshotReaders({ vault, log, withheld, onUnreadable: () => undefined });
      feed = createFeed({ db, readers, pollMs: 20, log });
      server = createGatewayRpc({
        db,
        feed,
        readers,
        isWhole: () => withheld.size() === 0,
        heartbeatMs: 50,
        identities: {},
        transport: { kind: 'loopback-plaintext', tokens: { gateway: 'the token of gateways', console: 'another' } },
        onUnexpected: (error) => log.error({ error }, 'unexpected'),
      });
      target = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
      client = clientWith('the token of gateways');
      tenant = await platform().tenant();
      key = await tenant.key();
    });
    afterAll(async () => {
      client.close();
      feed.stop();
      withheld.close();
      await server.stop(1_000);
    });

    const clientWith = (token: string): RpcClient =>
      createRpcClient({
        target,
        transport: { kind: 'loopback-plaintext', token },
        errors: ERRORS,
        idempotent: [],
        messageBytesMax: 16_777_216,
      });

    /** Reads until the condition holds, and gives back what was read. */
    const watchUntil = async (
      resumeToken: string,
      done: (read: readonly WatchSnapshotResponse[]) => boolean,
    ): Promise<readonly WatchSnapshotResponse[]> => {
      const read: WatchSnapshotResponse[] = [];
      for await (const response of client.stream(
        GatewayServiceService.watchSnapshot,
        { resumeToken },
        { timeoutMs: TIMEOUT_MS },
      )) {
        read.push(response);
        if (done(read)) return read;
      }
      throw new Error('The stream ended too early.');
    };
    const fullOnce = (read: readonly WatchSnapshotResponse[]) => read.at(-1)?.isLastPart === true;
    const newConfig = async (name: string): Promise<string> =>
      (await platform().call(key, 'POST', '/configs', { name, config: { virtual_key: 'main' } })).body.slug;
    const versionsOf = (read: readonly WatchSnapshotResponse[], slug: string): readonly number[] =>
      read
        .flatMap(({ entities }) => entities.filter(isConfig))
        .filter(({ kind }) => kind.value.slug === slug)
        .map(({ kind }) => kind.value.version);

    test('a gateway is sent everything first: tenants, keys by their digests, configs', async () => {
      const slug = await newConfig('first');
      const read = await watchUntil('', fullOnce);
      expect(read.every(({ isFull }) => isFull)).toBe(true);
      expect(new Set(read.map(({ revision }) => revision)).size).toBe(1);
      const entities = read.flatMap((part) => part.entities);
      const cases = new Set(entities.map(({ kind }) => kind?.$case));
      expect([...cases]).toEqual(expect.arrayContaining(['organization', 'workspace', 'apiKey', 'config']));
      expect(versionsOf(read, slug)).toEqual([1]);
      expect(JSON.stringify(read)).not.toContain(key);
    });

    test('then every change with a rising revision, and a gateway that comes back continues where it was', async () => {
      const slug = await newConfig('changing');
      const before = (await watchUntil('', fullOnce)).at(-1)?.resumeToken ?? '';
      for (const attempts of [1, 2, 3]) {
        await platform().call(key, 'PUT', `/configs/${slug}`, { config: { virtual_key: 'main', retry: { attempts } } });
      }
      const read = await watchUntil(
        before,
        (parts) => versionsOf(parts, slug).includes(4) && parts.at(-1)?.isLastPart === true,
      );
      expect(read.some(({ isFull }) => isFull)).toBe(false);
      const revisions = read.map(({ revision }) => revision);
      expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    });

    test('what is deleted comes once more, archived, and is not in a full snapshot', async () => {
      const slug = await newConfig('leaving');
      const token = (await watchUntil('', fullOnce)).at(-1)?.resumeToken ?? '';
      await platform().call(key, 'DELETE', `/configs/${slug}`);
      const read = await watchUntil(token, (parts) => versionsOf(parts, slug).length > 0);
      expect(
        read.flatMap(({ entities }) => entities.filter(isConfig)).find(({ kind }) => kind.value.slug === slug)?.kind
          .value.status,
      ).toBe(2);
      expect(versionsOf(await watchUntil('', fullOnce), slug)).toEqual([]);
    });

    test('a token of another database, of the future, or that is pruned, brings everything', async () => {
      await newConfig('more');
      const token = (await watchUntil('', fullOnce)).at(-1)?.resumeToken ?? '';
      const [epoch = '', revision = ''] = token.split(':');
      for (const odd of [
        'nonsense',
        `${epoch.replace(/^./, (c) => (c === '0' ? '1' : '0'))}:${revision}`,
        `${epoch}:${Number(revision) + 999}`,
      ]) {
        expect(
          (await watchUntil(odd, fullOnce)).every(({ isFull }) => isFull),
          odd,
        ).toBe(true);
      }
      await newConfig('after');
      await pruneChanges(platform().deps.db, 0);
      expect((await watchUntil(token, fullOnce)).every(({ isFull }) => isFull)).toBe(true);
    });

    test('sealed configs that the vault has given no key for come when it has; until then no place to continue is told', async () => {
      const { vault } = platform();
      const sealed = { provider: 'openai', api_key: 'sk-canary-of-the-watch' };
      const slug = (await platform().call(key, 'POST', '/configs', { name: 'sealed', config: sealed })).body.slug;
      const plain = await newConfig('plain');
      vault.withholdSealingKeys(true);
      const read: WatchSnapshotResponse[] = [];
      try {
        await watchUntil('', (parts) => {
          read.splice(0, read.length, ...parts);
          if (fullOnce(parts)) vault.withholdSealingKeys(false);
          return versionsOf(parts, slug).length > 0 && parts.at(-1)?.resumeToken !== '';
        });
      } finally {
        vault.withholdSealingKeys(false);
      }
      const full = read.filter(({ isFull }) => isFull);
      expect(versionsOf(full, plain)).toEqual([1]);
      expect(versionsOf(full, slug)).toEqual([]);
      expect(full.at(-1)).toMatchObject({ isLastPart: true, resumeToken: '' });
      const revisionOfFull = full.at(-1)?.revision ?? 0;
      const late = read.find((each) => versionsOf([each], slug).length > 0);
      expect(late?.revision).toBeGreaterThan(revisionOfFull);
      const told = late?.entities.filter(isConfig).find(({ kind }) => kind.value.slug === slug);
      expect(told?.kind.value.configJson).toBe(JSON.stringify(sealed));
      expect(withheld.size()).toBe(0);
    });

    test('a silent stream says that it lives', async () => {
      const read = await watchUntil('', (parts) => parts.filter(({ isFull }) => !isFull).length >= 2);
      expect(read.at(-1)).toMatchObject({ isLastPart: true, entities: [] });
    });

    test('the revision of a write is heard of by whoever asks after it', async () => {
      const { headers } = await platform().call(key, 'POST', '/configs', {
        name: 'x',
        config: { virtual_key: 'main' },
      });
      const { revision } = await client.unary(GatewayServiceService.getRevision, {}, { timeoutMs: 5_000 });
      expect(revision).toBeGreaterThanOrEqual(Number(headers['x-portolan-revision']));
    });

    test('twenty watchers hear of every change', async () => {
      const slug = await newConfig('many');
      const token = (await watchUntil('', fullOnce)).at(-1)?.resumeToken ?? '';
      const changes = 20;
      const watching = Array.from({ length: 20 }, () =>
        watchUntil(token, (parts) => versionsOf(parts, slug).includes(changes + 1)),
      );
      for (let attempts = 1; attempts <= changes; attempts += 1) {
        const retry = { attempts: (attempts % 5) + 1, on_status_codes: [500 + attempts] };
        expect(
          (await platform().call(key, 'PUT', `/configs/${slug}`, { config: { virtual_key: 'main', retry } })).status,
        ).toBe(200);
      }
      expect(await Promise.all(watching)).toHaveLength(20);
    });

    test('nobody but a gateway may ask', async () => {
      for (const token of ['another', '', 'the token of gatewayz']) {
        const stranger = clientWith(token);
        await expect(stranger.unary(GatewayServiceService.getRevision, {}, { timeoutMs: 5_000 })).rejects.toThrow();
        stranger.close();
      }
    });
  });
};

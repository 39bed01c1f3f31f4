import {
  Credential,
  CredentialStatus,
  VaultPepperServiceService as PepperService,
  VaultSealingServiceService as SealingService,
  VaultServiceService as VaultService,
} from '@portolan/proto';
import { createErrorCodec, createRpcClient, createRpcServer, type ServedMethod, unary } from '@portolan/rpc';
import { CODES, PlatformError } from '@portolan/service-kit';
import { afterEach, describe, expect, test } from 'vitest';
import { rpcVault } from './rpc.ts';

const ERRORS = createErrorCodec({ CODES, PlatformError });
const TOKEN = 'the token of this test';
const REF = { organizationId: 'o', id: 'c', actor: 'user:u' } as const;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A vault of which only the given methods exist, and our side of the line to it. */
const start = async (methods: readonly ServedMethod[], now = { ms: 0 }) => {
  const server = createRpcServer({
    methods,
    access: Object.fromEntries(methods.map(({ path }) => [path, ['control-plane']])),
    identities: {},
    transport: { kind: 'loopback-plaintext', tokens: { 'control-plane': TOKEN } },
    errors: ERRORS,
    onUnexpected: () => undefined,
  });
  const port = await server.listen('127.0.0.1', 0);
  cleanups.push(() => server.stop(0));
  const client = createRpcClient({
    target: `127.0.0.1:${port}`,
    transport: { kind: 'loopback-plaintext', token: TOKEN },
    errors: ERRORS,
    idempotent: [],
  });
  cleanups.push(() => client.close());
  return rpcVault({ client, clock: { monotonicMs: () => now.ms } });
};

const stored = (changes: Partial<Credential> = {}): Credential =>
  Credential.fromPartial({
    id: 'c',
    organizationId: 'o',
    provider: 'openai',
    status: CredentialStatus.CREDENTIAL_STATUS_ACTIVE,
    settingsJson: '{"openai_project":"p"}',
    maskedSecrets: { key: 'sk********789' },
    generation: 3,
    createTime: new Date(5_000),
    ...changes,
  });

const EXPECTED = {
  id: 'c',
  provider: 'openai',
  settings: { openai_project: 'p' },
  masked: { key: 'sk********789' },
  generation: 3,
  revoked: false,
};

describe('the vault as a service', () => {
  test('a credential is made with all that was typed, and told of without secrets', async () => {
    const asked: unknown[] = [];
    const vault = await start([
      unary(VaultService.createCredential, async (request) => {
        asked.push({ ...request, settingsJson: JSON.parse(Buffer.from(request.settingsJson).toString('utf8')) });
        return { credential: stored() };
      }),
    ]);
    const made = await vault.create({ ...REF, workspaceId: null, provider: 'openai', settings: { key: 'ä' } });
    expect(made).toEqual(EXPECTED);
    expect(asked).toEqual([
      {
        id: 'c',
        organizationId: 'o',
        workspaceId: '',
        provider: 'openai',
        settingsJson: { key: 'ä' },
        extraHosts: [],
        actor: 'user:u',
      },
    ]);
  });

  test('a change says what it changes and keeps hosts; a rotation says how long the old secrets work on', async () => {
    const seen: unknown[] = [];
    const vault = await start([
      unary(VaultService.updateCredential, async ({ extraHosts, expectedGeneration }) => {
        seen.push({ extraHosts, expectedGeneration });
        return { credential: stored() };
      }),
      unary(VaultService.rotateCredential, async ({ overlap }) => {
        seen.push(overlap);
        return { credential: stored() };
      }),
    ]);
    await vault.update({ ...REF, settings: {} });
    await vault.rotate({ ...REF, settings: { key: 'k' }, overlapMs: 61_500 });
    await vault.rotate({ ...REF, settings: { key: 'k' } });
    expect(seen).toEqual([
      { extraHosts: undefined, expectedGeneration: undefined },
      { seconds: 61, nanos: 500_000_000 },
      undefined,
    ]);
  });

  test('lists are read page by page', async () => {
    const vault = await start([
      unary(VaultService.listCredentials, async ({ afterId }) => ({
        credentials: [stored({ id: `${afterId}+`, status: CredentialStatus.CREDENTIAL_STATUS_REVOKED })],
        hasMore: afterId === '',
      })),
    ]);
    expect(await vault.list(undefined)).toEqual({
      credentials: [{ ...EXPECTED, id: '+', revoked: true, organizationId: 'o', createdAtMs: 5_000 }],
      hasMore: true,
    });
    expect(await vault.list('a')).toMatchObject({ credentials: [{ id: 'a+' }], hasMore: false });
  });

  test('errors of the vault come through as they are; a vault that is away is one as well', async () => {
    const vault = await start([
      unary(VaultService.createCredential, async () => {
        throw new PlatformError('invalid_request_error', {
          public: '"x" is no setting.',
          param: 'settings',
          errors: ['"x" is no setting.'],
        });
      }),
      unary(VaultService.revokeCredential, async () => {
        throw new PlatformError('store_unavailable', { public: 'The vault is sealed.' });
      }),
    ]);
    const create = vault.create({ ...REF, workspaceId: 'w', provider: 'openai', settings: {} });
    await expect(create).rejects.toMatchObject({
      type: 'invalid_request_error',
      param: 'settings',
      errors: ['"x" is no setting.'],
    });
    await expect(vault.revoke(REF)).rejects.toMatchObject({ type: 'store_unavailable', status: 503 });
    await cleanups.shift()?.();
    await expect(vault.revoke(REF)).rejects.toBeInstanceOf(PlatformError);
  });

  test('peppers are asked for once, again after a minute, and at once when an unknown one is seen in use', async () => {
    const now = { ms: 0 };
    let asked = 0;
    const vault = await start(
      [
        unary(PepperService.getPeppers, async () => {
          asked += 1;
          return {
            current: { id: `p${asked}`, value: Buffer.alloc(32, asked) },
            previous: asked === 1 ? undefined : { id: `p${asked - 1}`, value: Buffer.alloc(32, asked - 1) },
          };
        }),
      ],
      now,
    );
    const together = await Promise.all([vault.peppers(), vault.peppers()]);
    expect(together.map(({ current }) => current.id)).toEqual(['p1', 'p1']);
    expect((await vault.peppers('p1')).current.id).toBe('p1');
    expect((await vault.peppers('p2')).current.id).toBe('p1');
    now.ms = 1_001;
    expect(await vault.peppers('p2')).toMatchObject({ current: { id: 'p2' }, previous: { id: 'p1' } });
    expect(asked).toBe(2);
    now.ms = 70_000;
    expect((await vault.peppers()).current.id).toBe('p2');
    await expect.poll(async () => (await vault.peppers()).current.id).toBe('p3');
  });

  test('a pepper that was replaced long ago is not given out, however seldom one is asked for, unless the vault is gone', async () => {
    const now = { ms: 0 };
    let asked = 0;
    let isGone = false;
    const vault = await start(
      [
        unary(PepperService.getPeppers, async () => {
          asked += 1;
          if (isGone) throw new PlatformError('store_unavailable', { public: 'The vault is sealed.' });
          return { current: { id: `p${asked}`, value: Buffer.alloc(32, asked) }, previous: undefined };
        }),
      ],
      now,
    );
    expect((await vault.peppers()).current.id).toBe('p1');
    now.ms = 120_001;
    expect((await vault.peppers()).current.id).toBe('p2');
    isGone = true;
    now.ms = 250_000;
    expect((await vault.peppers()).current.id).toBe('p2');
    expect(asked).toBe(3);
    now.ms = 400_000;
    expect((await vault.peppers()).current.id).toBe('p2');
    isGone = false;
    await expect.poll(async () => (await vault.peppers()).current.id).not.toBe('p2');
  });

  test('sealing keys are held like peppers, print nothing, and serve on while the vault is gone', async () => {
    const now = { ms: 0 };
    let asked = 0;
    const vault = await start(
      [
        unary(SealingService.getSealingKeys, async () => {
          asked += 1;
          if (asked === 3) throw new PlatformError('store_unavailable', { public: 'The vault is sealed.' });
          return {
            keys: Array.from({ length: asked }, (_, at) => ({ id: `s${asked - at}`, value: Buffer.alloc(32, 7) })),
          };
        }),
      ],
      now,
    );
    const idsOf = async (knownAs?: string) => (await vault.sealingKeys(knownAs)).map(({ id }) => id);
    expect(await Promise.all([idsOf(), idsOf('s1')])).toEqual([['s1'], ['s1']]);
    expect(await idsOf('s2')).toEqual(['s1']);
    now.ms = 1_001;
    expect(await idsOf('s2')).toEqual(['s2', 's1']);
    now.ms = 70_000;
    expect(await idsOf()).toEqual(['s2', 's1']);
    await expect.poll(() => asked).toBe(3);
    await expect.poll(() => idsOf('s9')).toEqual(['s2', 's1']);
    now.ms = 72_000;
    expect(await idsOf('s9')).toHaveLength(4);
    const [key] = await vault.sealingKeys();
    expect(key.key.export()).toEqual(Buffer.alloc(32, 7));
    expect(JSON.stringify(await vault.sealingKeys())).not.toContain('BwcH');
  });

  test('a vault that is gone is not asked by every one who needs keys, and is found again soon', async () => {
    const now = { ms: 0 };
    let asked = 0;
    const vault = await start(
      [
        unary(SealingService.getSealingKeys, async () => {
          asked += 1;
          if (asked === 1) throw new PlatformError('store_unavailable', { public: 'The vault is sealed.' });
          return { keys: [{ id: 's1', value: Buffer.alloc(32, 1) }] };
        }),
      ],
      now,
    );
    for (let times = 0; times < 5; times += 1) {
      await expect(vault.sealingKeys()).rejects.toMatchObject({ type: 'store_unavailable' });
    }
    expect(asked).toBe(1);
    now.ms = 1_001;
    expect(await vault.sealingKeys()).toHaveLength(1);
  });

  test('a vault without a sealing key is an error, not an empty list', async () => {
    const vault = await start([unary(SealingService.getSealingKeys, async () => ({ keys: [] }))]);
    await expect(vault.sealingKeys()).rejects.toMatchObject({ type: 'internal_error' });
  });
});

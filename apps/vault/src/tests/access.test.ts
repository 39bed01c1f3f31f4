import {
  VaultGatewayServiceService,
  VaultOperatorServiceService,
  VaultPepperServiceService,
  VaultSealingServiceService,
  VaultServiceService,
} from '@portolan/proto';
import type { RpcClient } from '@portolan/rpc';
import { type MigratableDatabase, openPglite } from '@portolan/sql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCESS } from '../rpc/methods.ts';
import { create, creation } from '../testing/calls.ts';
import {
  clientFor,
  createVaultFolder,
  IDENTITIES,
  IN_TIME,
  type RunningVault,
  startVaultOver,
  type VaultFolder,
} from '../testing/vault-service.ts';

/** An embedded database starts slowly on a busy machine. */
const START_MS = 60_000;

const SECRET = 'sk-canary-Zq8rT5uV2wX9yA1bC4dE7fG0';

let database: MigratableDatabase;
let folder: VaultFolder;
let vault: RunningVault;
let id: string;
beforeAll(async () => {
  folder = await createVaultFolder();
  database = await openPglite();
  vault = await startVaultOver(database, folder);
  await vault.service.open();
  ({ id } = await create(vault, creation({ settings: { key: SECRET } })));
}, START_MS);
afterAll(async () => {
  await vault.stop();
  await database.close();
  await folder.remove();
});

/** Each method, called so that an identity with the right to would get an answer. */
const CALLS: Readonly<Record<string, (client: RpcClient) => Promise<unknown>>> = {
  [VaultServiceService.createCredential.path]: (client) =>
    client.unary(VaultServiceService.createCredential, creation({ settings: { key: SECRET } }), IN_TIME),
  [VaultServiceService.getCredential.path]: (client) =>
    client.unary(VaultServiceService.getCredential, { organizationId: 'org-1', id }, IN_TIME),
  [VaultServiceService.listCredentials.path]: (client) =>
    client.unary(VaultServiceService.listCredentials, { afterId: '', pageSize: 0 }, IN_TIME),
  [VaultServiceService.updateCredential.path]: (client) =>
    client.unary(
      VaultServiceService.updateCredential,
      {
        organizationId: 'org-1',
        id,
        settingsJson: Buffer.from('{"openai_project":"p"}'),
        extraHosts: undefined,
        actor: 'user:u',
      },
      IN_TIME,
    ),
  [VaultServiceService.rotateCredential.path]: (client) =>
    client.unary(
      VaultServiceService.rotateCredential,
      {
        organizationId: 'org-1',
        id,
        settingsJson: Buffer.from(JSON.stringify({ key: SECRET })),
        overlap: undefined,
        actor: 'user:u',
      },
      IN_TIME,
    ),
  [VaultServiceService.revokeCredential.path]: async (client) => {
    const request = creation({ settings: { key: SECRET } });
    await create(vault, request);
    return client.unary(
      VaultServiceService.revokeCredential,
      { organizationId: 'org-1', id: request.id, actor: 'user:u' },
      IN_TIME,
    );
  },
  [VaultGatewayServiceService.resolveCredential.path]: (client) =>
    client.unary(
      VaultGatewayServiceService.resolveCredential,
      { organizationId: 'org-1', workspaceId: 'ws-1', credentialId: id },
      IN_TIME,
    ),
  [VaultGatewayServiceService.watchCredentials.path]: async (client) => {
    for await (const event of client.stream(
      VaultGatewayServiceService.watchCredentials,
      { resumeToken: '' },
      IN_TIME,
    )) {
      return event;
    }
    return undefined;
  },
  [VaultPepperServiceService.getPeppers.path]: (client) =>
    client.unary(VaultPepperServiceService.getPeppers, {}, IN_TIME),
  [VaultSealingServiceService.getSealingKeys.path]: (client) =>
    client.unary(VaultSealingServiceService.getSealingKeys, {}, IN_TIME),
  [VaultOperatorServiceService.getStatus.path]: (client) =>
    client.unary(VaultOperatorServiceService.getStatus, {}, IN_TIME),
  [VaultOperatorServiceService.rotateRootKey.path]: (client) =>
    client.unary(VaultOperatorServiceService.rotateRootKey, { actor: 'user:u' }, IN_TIME),
  [VaultOperatorServiceService.rotateTenantKey.path]: (client) =>
    client.unary(VaultOperatorServiceService.rotateTenantKey, { organizationId: 'org-1', actor: 'user:u' }, IN_TIME),
  [VaultOperatorServiceService.rotatePepper.path]: (client) =>
    client.unary(VaultOperatorServiceService.rotatePepper, { actor: 'user:u' }, IN_TIME),
  [VaultOperatorServiceService.rotateSealingKey.path]: (client) =>
    client.unary(VaultOperatorServiceService.rotateSealingKey, { actor: 'user:u' }, IN_TIME),
};

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  VaultService: ['control-plane'],
  VaultGatewayService: ['gateway'],
  VaultPepperService: ['control-plane', 'gateway'],
  VaultSealingService: ['control-plane'],
  VaultOperatorService: ['operator'],
};

const serviceOf = (path: string): string => path.split('/')[1]?.split('.').at(-1) ?? '';
const statusOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined;

const PERMISSION_DENIED = 7;

test('the table names every method of every service, and the calls below try all of them', () => {
  expect(Object.keys(ACCESS).toSorted()).toEqual(Object.keys(CALLS).toSorted());
});

describe.each(Object.keys(CALLS))('V6: %s', (path) => {
  const allowed = EXPECTED[serviceOf(path)] ?? [];

  test.each(IDENTITIES)('called by %s', async (identity) => {
    const outcome = await CALLS[path]?.(vault.as(identity)).then(
      (answer) => ({ answer, error: undefined }),
      (error: unknown) => ({ answer: undefined, error }),
    );
    if (!allowed.includes(identity)) {
      expect(statusOf(outcome?.error)).toBe(PERMISSION_DENIED);
      return;
    }
    expect(outcome?.error).toBeUndefined();
    const holdsSecret = JSON.stringify(outcome?.answer, (_, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('utf8') : value,
    ).includes(SECRET);
    expect(holdsSecret).toBe(path === VaultGatewayServiceService.resolveCredential.path);
  });

  test('called by nobody we know', async () => {
    const tokens = { ...folder.tokens, gateway: 'a token that was never given out' };
    const stranger = clientFor({ ...folder, tokens }, vault.port, 'gateway');
    const error = await CALLS[path]?.(stranger).catch((failure: unknown) => failure);
    stranger.close();
    expect(statusOf(error)).toBe(PERMISSION_DENIED);
  });
});

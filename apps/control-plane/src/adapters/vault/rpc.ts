import { createSecretKey } from 'node:crypto';
import type { Pepper, Peppers } from '@portolan/api-key';
import {
  type Credential,
  CredentialStatus,
  type GetPeppersResponse,
  type GetSealingKeysResponse,
  VaultPepperServiceService,
  VaultSealingServiceService,
  VaultServiceService,
} from '@portolan/proto';
import type { RpcClient } from '@portolan/rpc';
import { PlatformError } from '@portolan/service-kit';
import * as z from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import type { SealingKeys, Vault, VaultCredential } from '../../ports/vault.ts';
import { heldAnswer } from './held-answer.ts';

export interface RpcVaultOptions {
  readonly client: Pick<RpcClient, 'unary'>;
  readonly clock: { monotonicMs(): number };
}

const TIMEOUT_MS = 5_000;
const PAGE = 500;
const settingsJson = z.record(z.string(), z.unknown());

/** Settings as bytes, erased once they are sent. */
const sending = async <T>(settings: JsonObject, send: (bytes: Buffer) => Promise<T>): Promise<T> => {
  const bytes = Buffer.from(JSON.stringify(settings), 'utf8');
  try {
    return await send(bytes);
  } finally {
    bytes.fill(0);
  }
};

const credentialOf = (credential: Credential | undefined): VaultCredential => {
  if (credential === undefined)
    throw new PlatformError('internal_error', { public: 'The vault gave an answer without content.' });
  return {
    id: credential.id,
    provider: credential.provider,
    settings: settingsJson.parse(JSON.parse(credential.settingsJson || '{}')),
    masked: credential.maskedSecrets,
    generation: credential.generation,
    revoked: credential.status === CredentialStatus.CREDENTIAL_STATUS_REVOKED,
  };
};

const pepperOf = (pepper: GetPeppersResponse['current']): Pepper | null =>
  pepper === undefined ? null : { id: pepper.id, secret: pepper.value };

const peppersOf = ({ current, previous }: GetPeppersResponse): Peppers => {
  const made = pepperOf(current);
  if (made === null) throw new PlatformError('internal_error', { public: 'The vault has no pepper.' });
  return { current: made, previous: pepperOf(previous) };
};

/** Their bytes live on in key objects only. */
const sealingKeysOf = ({ keys }: GetSealingKeysResponse): SealingKeys => {
  const [newest, ...older] = keys.map(({ id, value }) => {
    const key = { id, key: createSecretKey(value) };
    value.fill(0);
    return key;
  });
  if (newest === undefined) throw new PlatformError('internal_error', { public: 'The vault has no sealing key.' });
  return [newest, ...older];
};

/** The vault as a service of its own. */
export const rpcVault = ({ client, clock }: RpcVaultOptions): Vault => {
  const options = { timeoutMs: TIMEOUT_MS };
  const peppers = heldAnswer({
    ask: async () => peppersOf(await client.unary(VaultPepperServiceService.getPeppers, {}, options)),
    has: ({ current, previous }, id) => current.id === id || previous?.id === id,
    clock,
  });
  const sealingKeys = heldAnswer({
    ask: async () => sealingKeysOf(await client.unary(VaultSealingServiceService.getSealingKeys, {}, options)),
    has: (keys, id) => keys.some((key) => key.id === id),
    clock,
  });

  return {
    create: async ({ organizationId, workspaceId, id, actor, provider, settings }) => {
      const request = { id, organizationId, workspaceId: workspaceId ?? '', provider, extraHosts: [], actor };
      const { credential } = await sending(settings, (settingsJson) =>
        client.unary(VaultServiceService.createCredential, { ...request, settingsJson }, options),
      );
      return credentialOf(credential);
    },
    update: async ({ settings, ...ref }) => {
      const request = { ...ref, expectedGeneration: undefined, extraHosts: undefined };
      const { credential } = await sending(settings, (settingsJson) =>
        client.unary(VaultServiceService.updateCredential, { ...request, settingsJson }, options),
      );
      return credentialOf(credential);
    },
    rotate: async ({ settings, overlapMs, ...ref }) => {
      const overlap =
        overlapMs === undefined
          ? undefined
          : { seconds: Math.floor(overlapMs / 1_000), nanos: Math.round(overlapMs % 1_000) * 1_000_000 };
      const request = { ...ref, expectedGeneration: undefined, overlap };
      const { credential } = await sending(settings, (settingsJson) =>
        client.unary(VaultServiceService.rotateCredential, { ...request, settingsJson }, options),
      );
      return credentialOf(credential);
    },
    revoke: async ({ organizationId, id, actor }) => {
      await client.unary(VaultServiceService.revokeCredential, { organizationId, id, actor }, options);
    },
    list: async (after = '') => {
      const { credentials, hasMore } = await client.unary(
        VaultServiceService.listCredentials,
        { afterId: after, pageSize: PAGE },
        options,
      );
      return {
        credentials: credentials.map((credential) => ({
          ...credentialOf(credential),
          organizationId: credential.organizationId,
          createdAtMs: credential.createTime?.getTime() ?? 0,
        })),
        hasMore,
      };
    },
    peppers,
    sealingKeys,
  };
};

import {
  VaultGatewayServiceService,
  VaultOperatorServiceService,
  VaultPepperServiceService,
  VaultSealingServiceService,
  VaultServiceService,
} from '@portolan/proto';
import type { AccessTable, ServedMethod } from '@portolan/rpc';
import { createCredential } from './create-credential.ts';
import { getCredential } from './get-credential.ts';
import { getPeppers } from './get-peppers.ts';
import { getSealingKeys } from './get-sealing-keys.ts';
import { getStatus } from './get-status.ts';
import { listCredentials } from './list-credentials.ts';
import { resolveCredential } from './resolve-credential.ts';
import { revokeCredential } from './revoke-credential.ts';
import { rotateCredential } from './rotate-credential.ts';
import { rotatePepper } from './rotate-pepper.ts';
import { rotateRootKey } from './rotate-root-key.ts';
import { rotateSealingKey } from './rotate-sealing-key.ts';
import { rotateTenantKey } from './rotate-tenant-key.ts';
import { updateCredential } from './update-credential.ts';
import type { Vault } from './vault.ts';
import { watchCredentials } from './watch-credentials.ts';

/** Every method of the vault. */
export const methodsOf = (vault: Vault): readonly ServedMethod[] =>
  [
    createCredential,
    getCredential,
    listCredentials,
    updateCredential,
    rotateCredential,
    revokeCredential,
    resolveCredential,
    watchCredentials,
    getPeppers,
    getSealingKeys,
    getStatus,
    rotateRootKey,
    rotateTenantKey,
    rotatePepper,
    rotateSealingKey,
  ].map((method) => method(vault));

const rows = (service: Readonly<Record<string, { readonly path: string }>>, identities: readonly string[]) =>
  Object.values(service).map(({ path }) => [path, identities] as const);

/**
 * Who may call what. Secrets of providers go to gateways only, whoever else may ask for them; what the control plane keeps, nobody
 * else can open.
 */
export const ACCESS: AccessTable = Object.fromEntries([
  ...rows(VaultServiceService, ['control-plane']),
  ...rows(VaultGatewayServiceService, ['gateway']),
  ...rows(VaultPepperServiceService, ['control-plane', 'gateway']),
  ...rows(VaultSealingServiceService, ['control-plane']),
  ...rows(VaultOperatorServiceService, ['operator']),
]);

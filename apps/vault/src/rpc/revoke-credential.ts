import { VaultServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { revoke } from '../domain/rotation.ts';
import { changeCredential } from './change-credential.ts';
import { served } from './serve.ts';
import { toCredential } from './to-proto.ts';
import type { Vault } from './vault.ts';

export const revokeCredential = (vault: Vault): ServedMethod =>
  served(vault, VaultServiceService.revokeCredential, async (request, context) => {
    const changed = await changeCredential(vault, 'credential.revoke', request, context, (found) =>
      found.status === 'revoked' ? found : revoke(found),
    );
    return { credential: toCredential(changed, vault.clock.wallMs()) };
  });

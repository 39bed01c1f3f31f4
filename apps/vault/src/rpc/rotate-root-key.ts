import { VaultOperatorServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { auditEntry } from '../domain/audit.ts';
import { rotateRoot } from '../keyring/rotate-root.ts';
import { readActor } from './read-request.ts';
import { askedBy, served } from './serve.ts';
import type { Vault } from './vault.ts';

export const rotateRootKey = (vault: Vault): ServedMethod =>
  served(vault, VaultOperatorServiceService.rotateRootKey, async (request, context) => {
    const actor = readActor(request.actor, 'actor');
    await vault.audit.record(
      auditEntry({ action: 'root-key.rotate', actor, ...askedBy(context) }, vault.clock.wallMs()),
    );
    await vault.seal.unseal();
    const { rewrapped, refused } = await rotateRoot(vault.seal.rootKey(), vault.tenantKeys);
    return { rewrapped, refused: refused.length };
  });

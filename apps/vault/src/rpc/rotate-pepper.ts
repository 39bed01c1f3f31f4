import { VaultOperatorServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { PlatformError } from '@portolan/service-kit';
import { auditEntry } from '../domain/audit.ts';
import { rotateServiceKey } from '../keyring/service-keys.ts';
import { readActor } from './read-request.ts';
import { askedBy, served } from './serve.ts';
import type { Vault } from './vault.ts';

export const rotatePepper = (vault: Vault): ServedMethod =>
  served(vault, VaultOperatorServiceService.rotatePepper, async (request, context) => {
    const actor = readActor(request.actor, 'actor');
    await vault.audit.record(auditEntry({ action: 'pepper.rotate', actor, ...askedBy(context) }, vault.clock.wallMs()));
    const currentId = await rotateServiceKey('pepper', vault.serviceKeys, vault.keyring);
    if (currentId === undefined) {
      throw new PlatformError('conflict', { public: 'The pepper was rotated by somebody else meanwhile.' });
    }
    return { currentId };
  });

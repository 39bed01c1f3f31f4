import { VaultOperatorServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { PlatformError } from '@portolan/service-kit';
import { auditEntry } from '../domain/audit.ts';
import { SERVICE_KEYS } from '../domain/service-key.ts';
import { isFull, rotateServiceKey } from '../keyring/service-keys.ts';
import { readActor } from './read-request.ts';
import { askedBy, served } from './serve.ts';
import type { Vault } from './vault.ts';

export const rotateSealingKey = (vault: Vault): ServedMethod =>
  served(vault, VaultOperatorServiceService.rotateSealingKey, async (request, context) => {
    const actor = readActor(request.actor, 'actor');
    const entry = auditEntry({ action: 'sealing-key.rotate', actor, ...askedBy(context) }, vault.clock.wallMs());
    if (await isFull('sealing', vault.serviceKeys)) {
      await vault.audit.record({ ...entry, outcome: 'refused', reason: 'too_many_keys' });
      throw new PlatformError('conflict', {
        public: `There are ${SERVICE_KEYS.sealing.max} sealing keys, and more cannot be kept.`,
      });
    }
    await vault.audit.record(entry);
    const currentId = await rotateServiceKey('sealing', vault.serviceKeys, vault.keyring);
    if (currentId === undefined) {
      throw new PlatformError('conflict', { public: 'The sealing key was rotated by somebody else meanwhile.' });
    }
    return { currentId };
  });

import { VaultOperatorServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { PlatformError } from '@portolan/service-kit';
import { auditEntry } from '../domain/audit.ts';
import { rollTenantKey } from '../keyring/roll.ts';
import { readActor, readOrganizationId } from './read-request.ts';
import { askedBy, served } from './serve.ts';
import type { Vault } from './vault.ts';

export const rotateTenantKey = (vault: Vault): ServedMethod =>
  served(vault, VaultOperatorServiceService.rotateTenantKey, async (request, context) => {
    const actor = readActor(request.actor, 'actor');
    const organizationId = readOrganizationId(request.organizationId, 'organization_id');
    const key = await vault.tenantKeys.take(organizationId, 0);
    if (key === undefined) {
      throw new PlatformError('not_found', { public: 'The organization has no key yet.', param: 'organization_id' });
    }
    const facts = { action: 'tenant-key.rotate', actor, organizationId } as const;
    await vault.audit.record(auditEntry({ ...facts, ...askedBy(context) }, vault.clock.wallMs()));
    await rollTenantKey({ tenantKeys: vault.tenantKeys, rootKey: vault.seal.rootKey }, key);
    vault.hurry();
    return { toVersion: key.currentVersion + 1 };
  });

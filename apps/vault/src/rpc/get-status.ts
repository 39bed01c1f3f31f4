import { GetStatusResponse, VaultOperatorServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { servedAlways } from './serve.ts';
import type { Vault } from './vault.ts';

/** More than an operator reads; the metrics count all of them. */
const LISTED_MAX = 1000;

export const getStatus = (vault: Vault): ServedMethod =>
  servedAlways(VaultOperatorServiceService.getStatus, async () => {
    const sealedBecause = vault.seal.sealedBecause();
    if (sealedBecause !== undefined) return GetStatusResponse.create({ isSealed: true, sealedBecause });
    await vault.selfTest();
    const [rewraps, { unreadable, testedAtMs }] = await Promise.all([
      vault.credentials.unfinished(LISTED_MAX),
      vault.canaries.summary(LISTED_MAX),
    ]);
    return GetStatusResponse.create({
      rootKeyId: vault.seal.rootKey().current.id,
      rewraps: [...rewraps],
      unreadableOrganizationIds: [...unreadable],
      selfTestTime: testedAtMs === undefined ? undefined : new Date(testedAtMs),
    });
  });

import { VaultOperatorServiceService, VaultServiceService } from '@portolan/proto';
import type { RpcClient } from '@portolan/rpc';
import { until } from '@portolan/testing';
import { expect, test } from 'vitest';
import { ACTOR, creation, secretsOf } from './calls.ts';
import { startVaultProcess, type VaultBundle } from './start-vault-process.ts';
import { clientFor, type Identity, IN_TIME, type VaultFolder } from './vault-service.ts';

const SECRETS = 80;

/** What a vault that is killed promises. @param parts the bundle, and the folder and variables of a vault with an empty store */
export const killConformance = (
  parts: () => Promise<{ readonly bundle: VaultBundle; readonly folder: VaultFolder }>,
  kills: number,
): void => {
  test(`V4: after each of ${kills} kills in the middle of a rewrap every secret opens, and the last rewrap ends`, async () => {
    const { bundle, folder } = await parts();
    const ids: string[] = [];

    /** Runs with a started vault; what the work returns says how it ends. */
    const withVault = async (
      work: (as: (identity: Identity) => RpcClient) => Promise<'kill' | 'stop'>,
    ): Promise<void> => {
      const vault = await startVaultProcess(bundle, folder);
      const clients: RpcClient[] = [];
      const as = (identity: Identity): RpcClient => {
        const client = clientFor(folder, vault.port, identity);
        clients.push(client);
        return client;
      };
      const how = await work(as).finally(() => {
        for (const client of clients) client.close();
      });
      if (how === 'kill') await vault.kill();
      else expect(await vault.stop()).toBe(0);
    };
    const expectAllOpen = async (gateway: RpcClient): Promise<void> => {
      for (const id of ids) expect(await secretsOf(gateway, id)).toEqual({ key: `sk-canary-of-${id}` });
    };
    const rotate = (operator: RpcClient) =>
      operator.unary(VaultOperatorServiceService.rotateTenantKey, { organizationId: 'org-1', actor: ACTOR }, IN_TIME);
    const left = async (operator: RpcClient): Promise<number> => {
      const { rewraps } = await operator.unary(VaultOperatorServiceService.getStatus, {}, IN_TIME);
      return rewraps[0]?.left ?? 0;
    };

    await withVault(async (as) => {
      const controlPlane = as('control-plane');
      for (let at = 0; at < SECRETS; at += 1) {
        const request = creation();
        const settingsJson = Buffer.from(JSON.stringify({ key: `sk-canary-of-${request.id}` }));
        await controlPlane.unary(VaultServiceService.createCredential, { ...request, settingsJson }, IN_TIME);
        ids.push(request.id);
      }
      return 'kill';
    });
    for (let kill = 0; kill < kills; kill += 1) {
      await withVault(async (as) => {
        await expectAllOpen(as('gateway'));
        const operator = as('operator');
        await rotate(operator);
        // Somewhere in the middle of it, a little further each time.
        const goal = SECRETS - Math.ceil((SECRETS * (kill + 1)) / (kills + 1));
        await until(async () => (await left(operator)) <= goal, { timeoutMs: 60_000 });
        return 'kill';
      });
    }
    await withVault(async (as) => {
      await expectAllOpen(as('gateway'));
      const operator = as('operator');
      const status = () => operator.unary(VaultOperatorServiceService.getStatus, {}, IN_TIME);
      await until(async () => (await status()).rewraps.length === 0, { timeoutMs: 60_000 });
      await expectAllOpen(as('gateway'));
      expect((await status()).unreadableOrganizationIds).toEqual([]);
      return 'stop';
    });
  }, 600_000);
};

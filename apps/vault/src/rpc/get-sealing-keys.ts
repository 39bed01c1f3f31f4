import { type GetSealingKeysResponse, VaultSealingServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { auditEntry } from '../domain/audit.ts';
import { openServiceKeys } from '../keyring/service-keys.ts';
import { askedBy, served } from './serve.ts';
import type { Vault } from './vault.ts';

const erase = ({ keys }: GetSealingKeysResponse): void => {
  for (const { value } of keys) value.fill(0);
};

export const getSealingKeys = (vault: Vault): ServedMethod =>
  served(
    vault,
    VaultSealingServiceService.getSealingKeys,
    async (_request, context) => {
      const opened = await openServiceKeys('sealing', vault.serviceKeys, vault.keyring);
      // No copies: `erase` zeroes them when the answer has been written.
      const answer = { keys: opened.map(({ id, value }) => ({ id, value: value.reveal() })) };
      const facts = { action: 'sealing-key.release', ...askedBy(context) } as const;
      try {
        await vault.audit.record(auditEntry(facts, vault.clock.wallMs()));
        return answer;
      } catch (error) {
        erase(answer);
        throw error;
      }
    },
    erase,
  );

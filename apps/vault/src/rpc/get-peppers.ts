import { type GetPeppersResponse, type Pepper, VaultPepperServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { auditEntry } from '../domain/audit.ts';
import { type OpenedServiceKey, openServiceKeys } from '../keyring/service-keys.ts';
import { askedBy, served } from './serve.ts';
import type { Vault } from './vault.ts';

/** Not a copy: `erase` zeroes it when the answer has been written. */
const toPepper = ({ id, value }: OpenedServiceKey): Pepper => ({ id, value: value.reveal() });

const erase = ({ current, previous }: GetPeppersResponse): void => {
  current?.value.fill(0);
  previous?.value.fill(0);
};

export const getPeppers = (vault: Vault): ServedMethod =>
  served(
    vault,
    VaultPepperServiceService.getPeppers,
    async (_request, context) => {
      const opened = await openServiceKeys('pepper', vault.serviceKeys, vault.keyring);
      const [current, previous] = opened.map(toPepper);
      try {
        await vault.audit.record(auditEntry({ action: 'pepper.release', ...askedBy(context) }, vault.clock.wallMs()));
        return { current, previous };
      } catch (error) {
        erase({ current, previous });
        throw error;
      }
    },
    erase,
  );

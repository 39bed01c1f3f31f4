import { type Pepper, VaultPepperServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { auditEntry } from '../domain/audit.ts';
import { type OpenedPepper, openPeppers } from '../keyring/peppers.ts';
import { askedBy, served } from './serve.ts';
import type { Vault } from './vault.ts';

const toPepper = (pepper: OpenedPepper | undefined): Pepper | undefined =>
  pepper === undefined ? undefined : { id: pepper.id, value: Buffer.from(pepper.value.reveal()) };

export const getPeppers = (vault: Vault): ServedMethod =>
  served(vault, VaultPepperServiceService.getPeppers, async (_request, context) => {
    const opened = await openPeppers(vault.peppers, vault.keyring);
    try {
      const [current, previous] = opened;
      await vault.audit.record(auditEntry({ action: 'pepper.release', ...askedBy(context) }, vault.clock.wallMs()));
      return { current: toPepper(current), previous: toPepper(previous) };
    } finally {
      for (const { value } of opened) value.erase();
    }
  });

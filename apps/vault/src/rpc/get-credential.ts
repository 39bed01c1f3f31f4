import { VaultServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { findOwn } from './change-credential.ts';
import { served } from './serve.ts';
import { toCredential } from './to-proto.ts';
import type { Vault } from './vault.ts';

export const getCredential = (vault: Vault): ServedMethod =>
  served(vault, VaultServiceService.getCredential, async (request) => ({
    credential: toCredential(await findOwn(vault, request), vault.clock.wallMs()),
  }));

import { VaultServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { wrongArgument } from './errors.ts';
import { readCredentialId } from './read-request.ts';
import { served } from './serve.ts';
import { toCredential } from './to-proto.ts';
import type { Vault } from './vault.ts';

const PAGE_SIZE = 100;
const PAGE_SIZE_MAX = 1000;

export const listCredentials = (vault: Vault): ServedMethod =>
  served(vault, VaultServiceService.listCredentials, async ({ afterId, pageSize }) => {
    if (pageSize > PAGE_SIZE_MAX) throw wrongArgument('page_size', `"page_size" must be at most ${PAGE_SIZE_MAX}.`);
    const limit = pageSize === 0 ? PAGE_SIZE : pageSize;
    const after = afterId === '' ? afterId : readCredentialId(afterId, 'after_id');
    const found = await vault.credentials.list(after, limit + 1);
    const nowMs = vault.clock.wallMs();
    return {
      credentials: found.slice(0, limit).map((credential) => toCredential(credential, nowMs)),
      hasMore: found.length > limit,
    };
  });

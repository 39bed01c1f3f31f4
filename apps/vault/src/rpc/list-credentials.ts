import { Credential, VaultServiceService } from '@portolan/proto';
import type { ServedMethod } from '@portolan/rpc';
import { wrongArgument } from './errors.ts';
import { readCredentialId } from './read-request.ts';
import { served } from './serve.ts';
import { toCredential } from './to-proto.ts';
import type { Vault } from './vault.ts';

const PAGE_SIZE = 100;
const PAGE_SIZE_MAX = 1000;

/** Less than a message may have; one credential alone always fits. */
const PAGE_BYTES_MAX = 700_000;

/** As many of the first as fit into one message. */
const fitting = (credentials: readonly Credential[]): Credential[] => {
  let sizeBytes = 0;
  const over = credentials.findIndex((credential, at) => {
    sizeBytes += Credential.encode(credential).finish().length;
    return at > 0 && sizeBytes > PAGE_BYTES_MAX;
  });
  return credentials.slice(0, over < 0 ? credentials.length : over);
};

export const listCredentials = (vault: Vault): ServedMethod =>
  served(vault, VaultServiceService.listCredentials, async ({ afterId, pageSize }) => {
    if (pageSize > PAGE_SIZE_MAX) throw wrongArgument('page_size', `"page_size" must be at most ${PAGE_SIZE_MAX}.`);
    const limit = pageSize === 0 ? PAGE_SIZE : pageSize;
    const after = afterId === '' ? afterId : readCredentialId(afterId, 'after_id');
    const found = await vault.credentials.list(after, limit + 1);
    const nowMs = vault.clock.wallMs();
    const credentials = fitting(found.slice(0, limit).map((credential) => toCredential(credential, nowMs)));
    return { credentials, hasMore: found.length > credentials.length };
  });

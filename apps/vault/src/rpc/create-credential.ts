import { type CreateCredentialRequest, VaultServiceService } from '@portolan/proto';
import type { CallContext, ServedMethod } from '@portolan/rpc';
import { PlatformError } from '@portolan/service-kit';
import { auditEntry } from '../domain/audit.ts';
import { type CredentialDraft, draftCredential } from '../domain/credential.ts';
import { sealSecrets } from '../keyring/secrets.ts';
import type { FoundCredential, StoredCredential } from '../ports/credentials.ts';
import { afterSaving, findOwn } from './change-credential.ts';
import { changedMeanwhile } from './errors.ts';
import {
  readActor,
  readCredentialId,
  readExtraHosts,
  readOrganizationId,
  readProvider,
  readSettings,
  readWorkspaceId,
} from './read-request.ts';
import { isSameContent } from './same-content.ts';
import { askedBy, served } from './serve.ts';
import { toCredential } from './to-proto.ts';
import type { Vault } from './vault.ts';

/** A key that was retired between sealing and storing is taken anew. */
const TRIES = 3;

interface Wanted {
  readonly row: Omit<StoredCredential, 'versions' | 'settings' | 'allowedHosts' | 'extraHosts'>;
  readonly draft: () => CredentialDraft;
  readonly actor: string;
}

const read = (request: CreateCredentialRequest): Wanted => {
  const provider = readProvider(request.provider, 'provider');
  const row = {
    id: readCredentialId(request.id, 'id'),
    organizationId: readOrganizationId(request.organizationId, 'organization_id'),
    workspaceId: readWorkspaceId(request.workspaceId, 'workspace_id'),
    provider,
    status: 'active',
    generation: 1,
  } as const;
  const actor = readActor(request.actor, 'actor');
  const extraHosts = readExtraHosts(request.extraHosts);
  const settings = readSettings(request.settingsJson);
  return { row, actor, draft: () => draftCredential({ provider, settings, extraHosts }) };
};

const exists = (): PlatformError =>
  new PlatformError('conflict', { public: 'There is another credential with this id.', param: 'id' });

const insert = async (vault: Vault, { row, draft, actor }: Wanted, context: CallContext): Promise<FoundCredential> => {
  const { id: credentialId, organizationId, workspaceId, generation } = row;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await vault.credentials.find(credentialId);
    if (found !== undefined) {
      if (await isSameContent(vault.keyring, found, row, draft())) return found;
      throw exists();
    }
    const { settings, allowedHosts, extraHosts, secrets } = draft();
    const place = { organizationId, workspaceId, credentialId, credentialVersion: 1 };
    const sealed = await sealSecrets(vault.keyring, secrets, place);
    const versions = [{ version: 1, validUntilMs: null, secrets: sealed }];
    const facts = { action: 'credential.create', actor, organizationId, credentialId, generation } as const;
    const entry = auditEntry({ ...facts, ...askedBy(context) }, vault.clock.wallMs());
    const outcome = await vault.credentials.insert({ ...row, settings, allowedHosts, extraHosts, versions }, entry);
    if (outcome !== 'saved') continue;
    afterSaving(vault, entry);
    return findOwn(vault, row);
  }
  throw changedMeanwhile();
};

export const createCredential = (vault: Vault): ServedMethod =>
  served(vault, VaultServiceService.createCredential, async (request, context) => ({
    credential: toCredential(await insert(vault, read(request), context), vault.clock.wallMs()),
  }));

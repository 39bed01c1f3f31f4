import type { CallContext } from '@portolan/rpc';
import { isRetryable } from '@portolan/sql';
import { type AuditAction, type AuditEntry, auditEntry } from '../domain/audit.ts';
import type { FoundCredential, SaveOutcome, StoredCredential } from '../ports/credentials.ts';
import { changedMeanwhile, notFound } from './errors.ts';
import { readActor, readCredentialId, readOrganizationId } from './read-request.ts';
import { askedBy } from './serve.ts';
import type { Vault } from './vault.ts';

/** Which credential to change, and from which generation. */
export interface ChangeRequest {
  readonly organizationId: string;
  readonly id: string;
  readonly actor: string;
  readonly expectedGeneration?: number | undefined;
}

/** How often a change is made anew when somebody else was faster. */
const TRIES = 5;

const attempt = async (save: () => Promise<SaveOutcome>): Promise<SaveOutcome> => {
  try {
    return await save();
  } catch (error) {
    if (isRetryable(error)) return 'conflict';
    throw error;
  }
};

/** A credential of this organization. @throws PlatformError `not_found` */
export const findOwn = async (
  { credentials }: Vault,
  { organizationId, id }: Pick<ChangeRequest, 'organizationId' | 'id'>,
): Promise<FoundCredential> => {
  readOrganizationId(organizationId, 'organization_id');
  const found = await credentials.find(readCredentialId(id, 'id'));
  if (found === undefined || found.organizationId !== organizationId) throw notFound();
  return found;
};

/** What follows a saved change: the other sinks get the entry, and watchers of this process hear at once. */
export const afterSaving = ({ audit, watch }: Vault, entry: AuditEntry): void => {
  audit.copy(entry, 'database');
  watch.poller.poke();
};

/**
 * Changes a credential. When somebody else was faster, the change is made anew from what they made, unless the caller named the
 * generation that it must be made from.
 * @param make  the changed credential; the same one changes nothing
 * @throws PlatformError
 */
export const changeCredential = async (
  vault: Vault,
  action: AuditAction,
  request: ChangeRequest,
  context: CallContext,
  make: (found: FoundCredential) => StoredCredential | Promise<StoredCredential>,
): Promise<FoundCredential> => {
  const actor = readActor(request.actor, 'actor');
  const { expectedGeneration } = request;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await findOwn(vault, request);
    if (expectedGeneration !== undefined && found.generation !== expectedGeneration) throw changedMeanwhile();
    const changed = await make(found);
    if (changed === found) return found;
    const { organizationId, id: credentialId, generation } = changed;
    const facts = { action, actor, organizationId, credentialId, generation, ...askedBy(context) };
    const entry = auditEntry(facts, vault.clock.wallMs());
    const outcome = await attempt(() => vault.credentials.update(changed, found.generation, entry));
    if (outcome !== 'saved') continue;
    afterSaving(vault, entry);
    return findOwn(vault, request);
  }
  throw changedMeanwhile();
};

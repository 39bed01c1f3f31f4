import {
  type ResolveCredentialRequest,
  type ResolveCredentialResponse,
  VaultGatewayServiceService,
} from '@portolan/proto';
import type { CallContext, ServedMethod } from '@portolan/rpc';
import { PlatformError } from '@portolan/service-kit';
import { type AuditFacts, auditEntry } from '../domain/audit.ts';
import { newestVersion } from '../domain/credential.ts';
import { openSecrets } from '../keyring/secrets.ts';
import type { FoundCredential } from '../ports/credentials.ts';
import { notFound, revoked, toPublicError } from './errors.ts';
import { readCredentialId, readOrganizationId, readWorkspaceId } from './read-request.ts';
import { askedBy, served } from './serve.ts';
import { toDuration } from './to-proto.ts';
import type { Vault } from './vault.ts';

/** Why a credential is not for whoever asks; undefined when it is. */
const refusalOf = (
  found: FoundCredential | undefined,
  { organizationId, workspaceId }: ResolveCredentialRequest,
): { readonly reason: string; readonly error: PlatformError } | undefined => {
  if (found === undefined) return { reason: 'unknown', error: notFound() };
  if (found.organizationId !== organizationId) return { reason: 'other_organization', error: notFound() };
  if (found.workspaceId !== '' && found.workspaceId !== workspaceId) {
    return { reason: 'other_workspace', error: notFound() };
  }
  return found.status === 'revoked' ? { reason: 'revoked', error: revoked() } : undefined;
};

/** The audit of a refusal holds nothing back: it is written as soon as some sink can take it. */
const refuse = (vault: Vault, facts: AuditFacts, reason: string): void => {
  vault.metrics.onResolve('refused');
  const entry = auditEntry({ ...facts, outcome: 'refused', reason }, vault.clock.wallMs());
  vault.audit.record(entry).catch(() => undefined);
};

const open = async (vault: Vault, found: FoundCredential, facts: AuditFacts) => {
  const newest = newestVersion(found);
  if (newest === undefined) return { version: 0, secrets: [] };
  try {
    return { version: newest.version, secrets: await openSecrets(vault.keyring, found, newest) };
  } catch (error) {
    const told = toPublicError(error);
    if (told instanceof PlatformError && told.type === 'credential_unreadable') {
      refuse(vault, { ...facts, action: 'credential.tampered' }, 'unreadable');
    }
    throw error;
  }
};

const resolve = async (
  vault: Vault,
  request: ResolveCredentialRequest,
  context: CallContext,
): Promise<ResolveCredentialResponse> => {
  const organizationId = readOrganizationId(request.organizationId, 'organization_id');
  const credentialId = readCredentialId(request.credentialId, 'credential_id');
  readWorkspaceId(request.workspaceId, 'workspace_id');
  const found = await vault.credentials.find(credentialId);
  const facts = { action: 'credential.resolve', organizationId, credentialId, ...askedBy(context) } as const;
  const refusal = refusalOf(found, request);
  if (found === undefined || refusal !== undefined) {
    refuse(vault, facts, refusal?.reason ?? 'unknown');
    throw refusal?.error ?? notFound();
  }
  const { version, secrets } = await open(vault, found, facts);
  try {
    await vault.audit.record(auditEntry({ ...facts, generation: found.generation }, vault.clock.wallMs()));
    vault.metrics.onResolve('released');
    return {
      credentialId,
      provider: found.provider,
      settingsJson: JSON.stringify(found.settings),
      // Not copies: `erase` zeroes them when the answer has been written.
      secrets: secrets.map(({ field, plain }) => ({ field, value: plain.reveal() })),
      allowedHosts: [...found.allowedHosts],
      generation: found.generation,
      version,
      freshFor: toDuration(vault.freshForMs),
      usableFor: toDuration(vault.usableForMs),
    };
  } catch (error) {
    for (const { plain } of secrets) plain.erase();
    throw error;
  }
};

const erase = ({ secrets }: ResolveCredentialResponse): void => {
  for (const { value } of secrets) value.fill(0);
};

export const resolveCredential = (vault: Vault): ServedMethod =>
  served(
    vault,
    VaultGatewayServiceService.resolveCredential,
    async (request, context) => {
      try {
        return await resolve(vault, request, context);
      } catch (error) {
        const told = toPublicError(error);
        const isCallersFault = told instanceof PlatformError && told.status < 500;
        if (!isCallersFault) vault.metrics.onResolve('failed');
        throw error;
      }
    },
    erase,
  );

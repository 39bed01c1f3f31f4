import { SecretBytes } from '../crypto/secret-bytes.ts';
import { type AuditEntry, type AuditFacts, auditEntry } from '../domain/audit.ts';
import { createKeyring, type Keyring, type KeyringParts } from '../keyring/get-or-create.ts';
import { createKeyCache } from '../keyring/key-cache.ts';
import { openSecrets, sealSecrets } from '../keyring/secrets.ts';
import type { Credentials, StoredCredential } from '../ports/credentials.ts';
import type { RootKey } from '../ports/root-key.ts';
import type { TenantKeys } from '../ports/tenant-keys.ts';
import { onlyRoot, randomRootKey } from './root-keys.ts';

/** A clock that stands still until it is moved. */
export const manualClock = (startMs = 1_700_000_000_000) => {
  let nowMs = startMs;
  return {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
};

/** A keyring with nothing in its cache, as a vault has that was just started. */
export const freshKeyring = (
  tenantKeys: TenantKeys,
  root: RootKey = onlyRoot(randomRootKey('r')),
  more: Partial<KeyringParts> = {},
): Keyring =>
  createKeyring({
    tenantKeys,
    rootKey: () => root,
    cache: createKeyCache({ clock: manualClock(), entriesMax: 100, lifetimeMs: 300_000 }),
    ...more,
  });

export const auditSample = (facts: Partial<AuditFacts> = {}): AuditEntry =>
  auditEntry({ action: 'credential.create', caller: 'control-plane', ...facts }, 1_700_000_000_000);

export const credentialRow = (id: string, more: Partial<StoredCredential> = {}): StoredCredential => ({
  id,
  organizationId: 'org-1',
  workspaceId: 'ws-1',
  provider: 'openai',
  settings: { openai_project: 'p' },
  allowedHosts: ['api.openai.com'],
  extraHosts: [],
  status: 'active',
  generation: 1,
  versions: [],
  ...more,
});

/** A credential with `key` as its one secret, sealed and not stored yet. */
export const sealSample = async (
  keyring: Keyring,
  id: string,
  secret: string,
  more: Partial<StoredCredential> = {},
): Promise<StoredCredential> => {
  const row = credentialRow(id, more);
  const { organizationId, workspaceId } = row;
  const secrets = await sealSecrets(
    keyring,
    [{ field: 'key', plain: new SecretBytes(Buffer.from(secret)), masked: '********' }],
    { organizationId, workspaceId, credentialId: id, credentialVersion: 1 },
  );
  return { ...row, versions: [{ version: 1, validUntilMs: null, secrets }] };
};

export const storeSecret = async (
  credentials: Credentials,
  keyring: Keyring,
  id: string,
  secret: string,
  more: Partial<StoredCredential> = {},
): Promise<void> => {
  const outcome = await credentials.insert(await sealSample(keyring, id, secret, more), auditSample());
  if (outcome !== 'saved') throw new Error(`The sample was not saved: ${outcome}`);
};

/** The secrets of a stored credential in plain, all versions. */
export const readSecrets = async (
  credentials: Credentials,
  keyring: Keyring,
  id: string,
): Promise<readonly string[]> => {
  const credential = await credentials.find(id);
  if (credential === undefined) throw new Error(`There is no credential ${id}.`);
  const versions = await Promise.all(credential.versions.map((version) => openSecrets(keyring, credential, version)));
  return versions.flat().map(({ plain }) => plain.reveal().toString());
};

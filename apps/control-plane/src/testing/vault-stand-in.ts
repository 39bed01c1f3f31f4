import { createHash, createSecretKey } from 'node:crypto';
import type { Peppers } from '@portolan/api-key';
import { providerFields } from '@portolan/credential-rules';
import type { SealingKey } from '@portolan/sealing';
import { maskSecret, PlatformError } from '@portolan/service-kit';
import type { JsonObject } from '../domain/json.ts';
import type { SealingKeys, Vault, VaultCredential } from '../ports/vault.ts';

const PEPPERS: Peppers = {
  current: { id: 'p1', secret: createHash('sha256').update('pepper of tests').digest() },
  previous: null,
};

/** What the vault says of settings that its provider does not have. */
const refuse = (problems: readonly string[]): never => {
  throw new PlatformError('invalid_request_error', {
    public: problems.join(' '),
    param: 'settings',
    errors: problems,
  });
};

const assertKnown = (provider: string, settings: JsonObject): void => {
  const names = new Set(providerFields(provider).fields.flatMap(({ name, camelName }) => [name, camelName]));
  const unknown = Object.keys(settings).filter((name) => !names.has(name));
  if (unknown.length > 0) refuse(unknown.map((name) => `"${name}" is no setting of this provider.`));
};

const isSecret = (provider: string, name: string): boolean =>
  providerFields(provider).fields.some((field) => field.name === name && field.isSecret);

type Stored = VaultCredential & { readonly organizationId: string; readonly createdAtMs: number };

export interface VaultStandIn extends Vault {
  /** What it holds, by credential id. */
  readonly stored: ReadonlyMap<string, Stored>;
  /** For how long the secrets before the last rotation work on, by credential id. */
  readonly overlaps: ReadonlyMap<string, number | undefined>;
  /** The next calls that change anything fail as if the vault were gone. */
  fail(failing: boolean): void;
  /** Sealing keys are not given from now on, as if the vault had been gone since our start; or they are again. */
  withholdSealingKeys(withheld: boolean): void;
  /** Makes a new sealing key the first. @returns its id */
  rotateSealingKey(): string;
  /** A sealing key is gone, as it is for a vault of an older backup. @returns what brings it back */
  loseSealingKey(id: string): () => void;
}

const sealingKey = (id: string): SealingKey => ({
  id,
  key: createSecretKey(createHash('sha256').update(`sealing key of tests ${id}`).digest()),
});

/** Stands in for the vault in tests of the control plane: it keeps no secret, only what the real one would tell of it. */
export const vaultStandIn = (): VaultStandIn => {
  const stored = new Map<string, Stored>();
  const overlaps = new Map<string, number | undefined>();
  let failing = false;
  let sealingKeys: SealingKeys = [sealingKey('sl-1')];
  const lost = new Set<string>();
  let withheld = false;
  const guard = (): void => {
    if (failing) throw new PlatformError('store_unavailable', { public: 'The vault does not answer at the moment.' });
  };
  const split = (provider: string, settings: JsonObject): Pick<VaultCredential, 'settings' | 'masked'> => {
    const entries = Object.entries(settings).filter(
      ([, value]) => value !== null && value !== undefined && value !== '',
    );
    return {
      settings: Object.fromEntries(entries.filter(([name]) => !isSecret(provider, name))),
      masked: Object.fromEntries(
        entries
          .filter(([name]) => isSecret(provider, name))
          .map(([name, value]) => [name, typeof value === 'string' ? maskSecret(value) : '********']),
      ),
    };
  };
  const change = (organizationId: string, id: string, settings: JsonObject): VaultCredential => {
    guard();
    const found = stored.get(id);
    if (found === undefined || found.organizationId !== organizationId)
      throw new PlatformError('not_found', { public: 'There is no such credential.' });
    assertKnown(found.provider, settings);
    const next = split(found.provider, settings);
    const kept = (values: Readonly<Record<string, unknown>>) =>
      Object.entries(values).filter(([name]) => settings[name] !== null);
    const updated = {
      ...found,
      settings: Object.fromEntries([...kept(found.settings), ...Object.entries(next.settings)]),
      masked: {
        ...Object.fromEntries(Object.entries(found.masked).filter(([name]) => settings[name] !== null)),
        ...next.masked,
      },
      generation: found.generation + 1,
    };
    stored.set(id, updated);
    return updated;
  };
  return {
    stored,
    overlaps,
    fail: (value) => {
      failing = value;
    },
    create: async ({ organizationId, id, provider, settings }) => {
      guard();
      assertKnown(provider, settings);
      const created = {
        id,
        organizationId,
        provider,
        ...split(provider, settings),
        generation: 1,
        revoked: false,
        createdAtMs: Date.now(),
      };
      stored.set(id, created);
      return created;
    },
    update: async ({ organizationId, id, settings }) => change(organizationId, id, settings),
    rotate: async ({ organizationId, id, settings, overlapMs }) => {
      const provider = stored.get(id)?.provider ?? '';
      if (Object.keys(settings).some((name) => !isSecret(provider, name))) refuse(['Only secrets are rotated.']);
      const rotated = change(organizationId, id, settings);
      overlaps.set(id, overlapMs);
      return rotated;
    },
    revoke: async ({ organizationId, id }) => {
      guard();
      const found = stored.get(id);
      if (found?.organizationId === organizationId)
        stored.set(id, { ...found, revoked: true, generation: found.generation + 1 });
    },
    list: async (after = '') => ({
      credentials: [...stored.values()].filter(({ id }) => id > after).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      hasMore: false,
    }),
    peppers: async () => PEPPERS,
    sealingKeys: async () => {
      if (withheld)
        throw new PlatformError('store_unavailable', { public: 'The vault does not answer at the moment.' });
      const [first, ...older] = sealingKeys.filter(({ id }) => !lost.has(id));
      return first === undefined ? sealingKeys : [first, ...older];
    },
    withholdSealingKeys: (value) => {
      withheld = value;
    },
    rotateSealingKey: () => {
      const next = sealingKey(`sl-${sealingKeys.length + 1}`);
      sealingKeys = [next, ...sealingKeys];
      return next.id;
    },
    loseSealingKey: (id) => {
      lost.add(id);
      return () => void lost.delete(id);
    },
  };
};

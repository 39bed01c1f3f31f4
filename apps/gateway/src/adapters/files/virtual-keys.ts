import { readFileSync } from 'node:fs';
import { Secret } from '@portolan/service-kit';
import * as z from 'zod';
import type { Credentials, StoredCredential } from '../../ports/credentials.ts';
import type { VirtualKey } from '../../ports/virtual-keys.ts';

const entry = z.strictObject({
  provider: z.string().min(1),
  api_key: z.string().min(1).optional(),
  custom_host: z.string().min(1).optional(),
  allowed_hosts: z.array(z.string().min(1)).max(100).default([]),
  settings: z.record(z.string(), z.string()).default({}),
});
const file = z.record(z.string().regex(/^[\w-]{1,128}$/), entry);

type Entry = z.output<typeof entry>;

/** The virtual keys of a file, and the credentials behind them. */
export interface FileVirtualKeys extends Credentials {
  find(slug: string): VirtualKey | undefined;
  list(): readonly VirtualKey[];
}

/**
 * Virtual keys of a JSON file `{ "<slug>": { "provider": …, "api_key": … } }`, read once at start.
 * The file holds secrets in clear: it belongs in a mounted secret, or on a developer's own disk.
 * @throws when the file cannot be read or is not of that shape
 */
export const virtualKeysFromFile = (path: string): FileVirtualKeys => {
  const parsed = file.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`GATEWAY_VIRTUAL_KEYS_FILE is not usable: ${problems.join('; ')}`);
  }
  return inMemoryVirtualKeys(parsed.data);
};

export const inMemoryVirtualKeys = (entries: Readonly<Record<string, Entry>>): FileVirtualKeys => {
  const keys = Object.entries(entries).map(([slug, { provider }]) => toVirtualKey(slug, provider));
  const bySlug = new Map(keys.map((key) => [key.slug, key]));
  const stored = new Map(Object.entries(entries).map(([slug, each]) => [slug, toStored(each)]));
  return {
    find: (slug) => bySlug.get(slug),
    list: () => keys,
    of({ credentialId }) {
      const found = stored.get(credentialId);
      if (found === undefined) throw new Error('a virtual key that is in no file');
      return found;
    },
  };
};

const NO_MODELS: ReadonlySet<string> = new Set();

const toVirtualKey = (slug: string, provider: string): VirtualKey => ({
  id: slug,
  slug,
  provider,
  organizationId: '',
  workspaceId: '',
  credentialId: slug,
  status: 'active',
  expiresAtMs: undefined,
  models: undefined,
  deniedModels: NO_MODELS,
});

/** `allowed_hosts` are hosts, besides the entry's own, to which a caller may have the credential sent: `host` or `host:port`. */
const toStored = ({
  api_key: key,
  custom_host: customHost,
  allowed_hosts: hosts,
  settings,
}: Entry): StoredCredential => {
  const ownHost = customHost !== undefined && URL.canParse(customHost) ? new URL(customHost).host : undefined;
  return {
    key: key === undefined ? undefined : new Secret(key),
    customHost,
    headers: () => undefined,
    settings: () => settings,
    mayGoTo(url, isChosen) {
      if (key === undefined || !isChosen) return true;
      const { host } = new URL(url);
      return host === ownHost || hosts.includes(host);
    },
  };
};

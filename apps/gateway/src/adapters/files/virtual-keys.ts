import { readFileSync } from 'node:fs';
import { Secret } from '@portolan/service-kit';
import * as z from 'zod';
import type { VirtualKey, VirtualKeys } from '../../ports/virtual-keys.ts';

const entry = z.strictObject({
  provider: z.string().min(1),
  api_key: z.string().min(1).optional(),
  custom_host: z.string().min(1).optional(),
  allowed_hosts: z.array(z.string().min(1)).max(100).default([]),
  settings: z.record(z.string(), z.string()).default({}),
});
const file = z.record(z.string().regex(/^[\w-]{1,128}$/), entry);

/**
 * Virtual keys of a JSON file `{ "<slug>": { "provider": …, "api_key": … } }`, read once at start.
 * The file holds secrets in clear: it belongs in a mounted secret, or on a developer's own disk.
 * @throws when the file cannot be read or is not of that shape
 */
export const virtualKeysFromFile = (path: string): VirtualKeys => {
  const parsed = file.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`GATEWAY_VIRTUAL_KEYS_FILE is not usable: ${problems.join('; ')}`);
  }
  return inMemoryVirtualKeys(
    Object.entries(parsed.data).map(([slug, key]) => ({
      slug,
      provider: key.provider,
      credential: key.api_key === undefined ? undefined : new Secret(key.api_key),
      customHost: key.custom_host,
      allowedHosts: key.allowed_hosts,
      settings: key.settings,
    })),
  );
};

export const inMemoryVirtualKeys = (keys: readonly VirtualKey[]): VirtualKeys => {
  const bySlug = new Map(keys.map((key) => [key.slug, key]));
  return { find: (slug) => bySlug.get(slug), list: () => keys };
};

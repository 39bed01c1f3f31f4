import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ApiKey, ApiKeys } from '../../ports/api-keys.ts';
import type { Workspace } from '../../ports/workspace.ts';

const MAX_KEYS = 100_000;

/** Digest of a whole key. Fast on purpose: the keys are random, there is nothing to guess. */
const digest = (key: string): string => hash('sha256', key, 'base64url');

/**
 * The keys of a file, one a line, read once at start; only their digests stay in memory. They may do everything.
 * @throws when the file cannot be read or holds no key
 */
export const apiKeysFromFile = (path: string, workspace: Workspace, savedOnly: boolean): ApiKeys => {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw new Error(`GATEWAY_API_KEYS_FILE holds no key: ${path}`);
  if (lines.length > MAX_KEYS) throw new Error(`GATEWAY_API_KEYS_FILE holds more than ${MAX_KEYS} keys`);
  const byDigest = new Map(
    lines.map((key): [string, ApiKey] => {
      const id = digest(key);
      return [id, { ...EVERYTHING, id: `key-${id.slice(0, 12)}`, savedOnly, workspace }];
    }),
  );
  return { ready: true, find: (key) => byDigest.get(digest(key)) };
};

const EVERYTHING = {
  type: 'workspace-service',
  organizationId: undefined,
  workspaceId: undefined,
  userId: undefined,
  scopes: undefined,
  defaultConfig: undefined,
  userKeyConfig: undefined,
  allowConfigOverride: true,
  metadata: {},
  keepsBodies: true,
} as const;

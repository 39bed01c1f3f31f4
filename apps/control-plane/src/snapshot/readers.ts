import { apiKeyReader } from './api-keys.ts';
import { configReader } from './configs.ts';
import { organizationReader } from './organizations.ts';
import { partialReader } from './partials.ts';
import { promptReader } from './prompts.ts';
import type { SnapshotReader } from './reader.ts';
import { virtualKeyReader } from './virtual-keys.ts';
import { workspaceReader } from './workspaces.ts';

/** Everything that gateways are told of, by kind. */
export const snapshotReaders: readonly SnapshotReader[] = [
  organizationReader,
  workspaceReader,
  apiKeyReader,
  configReader,
  virtualKeyReader,
  promptReader,
  partialReader,
];

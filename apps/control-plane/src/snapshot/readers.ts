import { apiKeyReader } from './api-keys.ts';
import { type ConfigReaderDeps, configReader } from './configs.ts';
import { organizationReader } from './organizations.ts';
import { partialReader } from './partials.ts';
import { promptReader } from './prompts.ts';
import type { SnapshotReader } from './reader.ts';
import { virtualKeyReader } from './virtual-keys.ts';
import { workspaceReader } from './workspaces.ts';

/** Everything that gateways are told of, by kind. */
export const snapshotReaders = (configs: ConfigReaderDeps): readonly SnapshotReader[] => [
  organizationReader,
  workspaceReader,
  apiKeyReader,
  configReader(configs),
  virtualKeyReader,
  promptReader,
  partialReader,
];

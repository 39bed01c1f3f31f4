import type { MigratableDatabase } from '@portolan/sql';
import { beforeAll } from 'vitest';
import { apiKeysConformance } from '../http/routes/api-keys/api-keys.conformance.ts';
import { collectionsConformance } from '../http/routes/collections/collections.conformance.ts';
import { configsConformance } from '../http/routes/configs/configs.conformance.ts';
import { guardrailsConformance } from '../http/routes/guardrails/guardrails.conformance.ts';
import { labelsConformance } from '../http/routes/labels/labels.conformance.ts';
import { partialsConformance } from '../http/routes/partials/partials.conformance.ts';
import { promptVersionsConformance } from '../http/routes/prompt-versions/prompt-versions.conformance.ts';
import { promptsConformance } from '../http/routes/prompts/prompts.conformance.ts';
import { sessionsConformance } from '../http/routes/sessions/sessions.conformance.ts';
import { virtualKeysConformance } from '../http/routes/virtual-keys/virtual-keys.conformance.ts';
import { workspaceMembersConformance } from '../http/routes/workspace-members/workspace-members.conformance.ts';
import { workspacesConformance } from '../http/routes/workspaces/workspaces.conformance.ts';
import { housekeepingConformance } from '../jobs/housekeeping.conformance.ts';
import { rpcConformance } from '../rpc/rpc.conformance.ts';
import { firstStartConformance } from '../setup/first-start.conformance.ts';
import { promptSnapshotConformance } from '../snapshot/prompts.conformance.ts';
import { type TestPlatform, testPlatform, withTables } from '../testing/platform.ts';
import { accessConformance } from './access.conformance.ts';
import { auditConformance } from './audit.conformance.ts';

/** Everything the control plane promises over a database, one resource after the other. @param open an empty database */
export const platformConformance = (open: () => Promise<MigratableDatabase>): void => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = testPlatform(await withTables(await open()));
  });
  const get = () => platform;
  firstStartConformance(get);
  accessConformance(get);
  auditConformance(get);
  rpcConformance(get);
  configsConformance(get);
  sessionsConformance(get);
  workspacesConformance(get);
  workspaceMembersConformance(get);
  apiKeysConformance(get);
  virtualKeysConformance(get);
  collectionsConformance(get);
  labelsConformance(get);
  promptsConformance(get);
  promptVersionsConformance(get);
  partialsConformance(get);
  promptSnapshotConformance(get);
  guardrailsConformance(get);
  housekeepingConformance(get);
};

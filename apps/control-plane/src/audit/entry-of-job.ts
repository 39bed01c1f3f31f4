import type { JsonObject } from '../domain/json.ts';
import type { AuditEntry } from './entry.ts';
import { maskSecrets } from './mask.ts';

/** What a job did to something. */
export interface JobDeed {
  readonly organizationId: string;
  readonly workspaceId: string | null;
  /** Name of the job. */
  readonly job: string;
  /** Names the run of the job. */
  readonly runId: string;
  readonly resource: AuditEntry['resource'];
  readonly resourceId: string;
  readonly action: AuditEntry['action'];
  readonly after: JsonObject;
  readonly atMs: number;
}

/** The audit row of something that nobody asked for at that moment: it was due. */
export const entryOfJob = ({ job, runId, after, ...deed }: JobDeed): AuditEntry => ({
  ...deed,
  requestId: runId,
  actor: { type: 'job', id: job },
  method: 'JOB',
  uri: `job:${job}`,
  query: {},
  body: {},
  headers: {},
  status: 200,
  clientIp: null,
  before: undefined,
  after: maskSecrets(after),
});

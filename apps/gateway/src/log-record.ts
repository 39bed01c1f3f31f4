import type { Notice, Usage } from '@portolan/providers';
import type { Attempt } from './trial.ts';

/**
 * What is kept of one target tried in one call. Calls with several targets leave several records,
 * joined by `internalTraceId`. Times in ms, money in nano-dollars; null where something is not known, never 0.
 */
export interface LogRecord {
  readonly id: string;
  /** RFC 3339, milliseconds. */
  readonly createdAt: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly spanName: string;
  readonly parentSpanId: string | null;
  readonly internalTraceId: string;
  readonly apiKeyId: string;
  readonly organizationId: string | null;
  readonly workspaceId: string | null;
  readonly userId: string | null;
  readonly config: string | null;
  readonly configVersion: string | null;
  readonly promptId: string | null;
  readonly promptVersionId: string | null;
  readonly promptSlug: string | null;
  readonly endpoint: string;
  readonly requestMethod: string;
  readonly requestUrl: string;
  readonly provider: string | null;
  readonly virtualKey: string | null;
  readonly model: string | null;
  readonly lastUsedOptionIndex: string;
  readonly stream: boolean;
  readonly status: number;
  readonly isSuccess: boolean;
  /** `interrupted`: the answer began and was cut. `client_closed`: the caller left. */
  readonly outcome: 'complete' | 'interrupted' | 'client_closed';
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  readonly finishReason: string | null;
  readonly attempts: readonly Attempt[];
  readonly retryCount: number;
  readonly usage: Usage | null;
  readonly costNanoUsd: string | null;
  /** Why the cost is what it is, or why it is unknown. */
  readonly costStatus: string;
  readonly responseTimeMs: number;
  readonly timeToFirstTokenMs: number | null;
  readonly timeToLastTokenMs: number | null;
  readonly cacheStatus: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly notices: readonly Notice[];
  readonly sdkVersion: string | null;
  readonly runtime: string | null;
  readonly runtimeVersion: string | null;
  /** Bodies as text, cut at 1 MiB; null when the caller asked for none, or for want of room. */
  readonly requestBody: string | null;
  readonly sentBody: string | null;
  readonly responseBody: string | null;
  readonly bodiesDropped: boolean;
}

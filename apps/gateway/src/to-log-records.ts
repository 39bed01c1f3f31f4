import { type Cost, costOf } from '@portolan/model-catalog';
import type { Completion, Reply, Routed } from './exchange.ts';
import type { LogRecord } from './log-record.ts';
import { promptOf } from './prompts/prompt-route.ts';
import type { Trial } from './trial.ts';

/** What is kept of one body, in bytes. */
const MAX_BODY_BYTES = 1024 * 1024;

/** One record per target tried. Only the last one answered; those before it failed and cost nothing that anyone reported. */
export const toLogRecords = (call: Routed, reply: Reply, completion: Completion, headAtMs: number): LogRecord[] =>
  reply.trail.map((trial, at) => {
    const isLast = at === reply.trail.length - 1;
    // The record of the target that answered has the id that the caller was told.
    const id = isLast ? call.ids.requestId : trial.id;
    return toLogRecord(call, trial, id, isLast ? completion : undefined, headAtMs);
  });

const toLogRecord = (
  call: Routed,
  trial: Trial,
  id: string,
  completion: Completion | undefined,
  headAtMs: number,
): LogRecord => {
  const { headers, ids } = call;
  const attempts = trial.attempts;
  const prompt = promptOf(call.prompts, trial.path);
  const status = completion?.outcome === 'client_closed' ? 499 : trial.status;
  const complete = completion === undefined || completion.outcome === 'complete';
  const isSuccess = complete && status >= 200 && status < 300;
  // A stream that was shown in part has cost something, known or not; only what never began is free.
  const begun = trial.status >= 200 && trial.status < 300;
  const cost = begun || completion?.usage !== undefined ? priced(call, trial, completion) : FREE;
  const kept = keptBodies(call, trial, completion, isSuccess);
  const lastAttempt = attempts.at(-1);
  const relativeMs = (atMs: number | undefined) => (atMs === undefined ? null : round(atMs - call.startedAtMs));
  return {
    id,
    createdAt: new Date(call.receivedAtMs).toISOString(),
    traceId: ids.traceId,
    spanId: ids.spanId ?? id,
    spanName: ids.spanName,
    parentSpanId: ids.parentSpanId ?? null,
    internalTraceId: ids.requestId,
    apiKeyId: call.apiKey.id,
    organizationId: call.apiKey.organizationId ?? null,
    workspaceId: call.apiKey.workspaceId ?? null,
    userId: call.apiKey.userId ?? null,
    config: call.config.slug ?? null,
    configVersion: call.config.version ?? null,
    promptId: prompt?.tags.prompt_id ?? null,
    promptVersionId: prompt?.tags.prompt_version_id ?? null,
    promptSlug: prompt?.tags.prompt_slug ?? null,
    endpoint: call.endpoint,
    requestMethod: call.method,
    requestUrl: call.url,
    provider: trial.provider ?? null,
    virtualKey: trial.virtualKey ?? null,
    model: trial.model ?? null,
    lastUsedOptionIndex: trial.path,
    stream: trial.stream,
    status,
    isSuccess,
    outcome: completion?.outcome ?? 'complete',
    errorType: completion?.error?.type ?? lastAttempt?.error ?? null,
    errorMessage: completion?.error?.message ?? null,
    finishReason: completion?.finishReason ?? null,
    attempts: attempts.map(({ startMs, durationMs, status, error, retryAfterMs }) => ({
      startMs: round(startMs),
      durationMs: round(durationMs),
      status,
      error,
      retryAfterMs,
    })),
    retryCount: trial.retryCount,
    usage: completion?.usage ?? null,
    costNanoUsd: cost.status === 'known' ? String(cost.nanoUsd) : null,
    costStatus: cost.status,
    responseTimeMs:
      completion === undefined
        ? round((lastAttempt?.startMs ?? 0) + (lastAttempt?.durationMs ?? 0))
        : round(headAtMs - call.startedAtMs),
    timeToFirstTokenMs: relativeMs(completion?.firstTokenAtMs),
    timeToLastTokenMs: trial.stream ? relativeMs(completion?.endedAtMs) : null,
    cacheStatus: 'DISABLED',
    metadata: call.metadata,
    notices: trial.notices,
    sdkVersion: textHeader(headers.raw['x-portkey-package-version']),
    runtime: textHeader(headers.raw['x-portkey-runtime']),
    runtimeVersion: textHeader(headers.raw['x-portkey-runtime-version']),
    requestBody: kept.request,
    sentBody: kept.sent,
    responseBody: kept.response,
    bodiesDropped: false,
  };
};

/** A call that failed before any usage was reported costs nothing. */
const FREE = { status: 'known', nanoUsd: 0n } as const;

const priced = (call: Routed, trial: Trial, completion: Completion | undefined): Cost | typeof FREE =>
  costOf({
    provider: trial.provider ?? '',
    requestedModel: trial.model ?? '',
    answeredModel: completion?.answeredModel,
    usage: completion?.usage,
    at: new Date(call.receivedAtMs),
  });

const keptBodies = (
  call: Routed,
  trial: Trial,
  completion: Completion | undefined,
  isSuccess: boolean,
): { request: string | null; sent: string | null; response: string | null } => {
  const response = trial.errorBody ?? completion?.body;
  // Without debug only the answers of failed calls are kept: somebody has to find out why.
  if (!call.apiKey.keepsBodies) return { request: null, sent: null, response: null };
  if (!call.headers.debug) return { request: null, sent: null, response: isSuccess ? null : asText(response) };
  const isVectors = call.endpoint === 'embed' && isSuccess;
  return {
    request: asText(call.bytes),
    sent: asText(trial.sentBody),
    response: isVectors ? '...REDACTED...' : asText(response),
  };
};

const asText = (body: Completion['body']): string | null => {
  if (body === undefined) return null;
  if (!(body instanceof Uint8Array)) return JSON.stringify(body);
  if (body.length === 0) return null;
  const kept = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, MAX_BODY_BYTES)).toString('utf8');
  return body.length > MAX_BODY_BYTES ? `${kept}…[cut at ${MAX_BODY_BYTES} of ${body.length} bytes]` : kept;
};

const textHeader = (value: string | string[] | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, 128) : null;

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

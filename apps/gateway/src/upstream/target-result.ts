import { randomUUID } from 'node:crypto';
import type { RouteLeaf } from '@portolan/config-schema';
import { UnsupportedEndpoint, UnsupportedValue } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import type { Completion, LiveStream } from '../exchange.ts';
import { targetErrorBody } from '../http/error-body.ts';
import type { Attempt, Trial } from '../trial.ts';
import { encode } from './answer.ts';
import type { Callee } from './callee.ts';
import type { Outcome, PlainOutcome } from './outcome.ts';
import type { Prepared } from './prepare.ts';
import { passedHeaders } from './response-headers.ts';

/** What came of one target. */
export interface TargetResult {
  readonly status: number;
  /** Made for this result: whoever turns it into the reply may add to them. */
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | LiveStream;
  readonly finished: Promise<Completion>;
  readonly trial: Trial;
  /** An error of ours that no other target would mend. */
  readonly gatewayException: boolean;
  /** Nothing else may be tried. */
  readonly final: boolean;
  /** What went wrong inside, for our own log. */
  readonly cause?: unknown;
}

/** What is known of a target when its result is written. */
export interface Progress {
  readonly leaf: RouteLeaf;
  readonly attempts: readonly Attempt[];
  readonly bodyAsReceived: Uint8Array;
  readonly callee?: Callee;
  readonly prepared?: Prepared;
  readonly endedAtMs: number;
}

/** @param retryCount  0 none, n settled by retry n, -1 given up */
export const resultOf = (outcome: Outcome, retryCount: number, progress: Progress): TargetResult => {
  const { status } = outcome;
  const headers = passedHeaders(outcome.headers);
  headers['content-type'] = outcome.kind === 'stream' ? 'text/event-stream' : 'application/json';
  if (outcome.kind === 'stream') {
    return {
      status,
      headers,
      body: outcome.stream,
      finished: outcome.finished,
      trial: trialOf(progress, status, retryCount, undefined),
      gatewayException: false,
      final: false,
    };
  }
  const ok = status >= 200 && status < 300;
  if (retryCount === -1 && isRetriedByClients(status)) headers['x-should-retry'] = 'false';
  return {
    status,
    headers,
    body: outcome.bytes,
    finished: Promise.resolve(completionOf(outcome, progress.endedAtMs)),
    trial: trialOf(progress, status, retryCount, ok ? undefined : outcome.bytes),
    gatewayException: false,
    final: outcome.failure?.final ?? false,
  };
};

/** A target that could not be called at all; what that means for the others is in the error. */
export const refusedResult = (error: unknown, progress: Progress): TargetResult => {
  const known = asPlatformError(error);
  const exception = known.type === 'unsupported_endpoint' || known.type === 'internal_error';
  const bytes = encode(targetErrorBody(known));
  const outcome: PlainOutcome = { kind: 'plain', status: known.status, headers: {}, bytes };
  const { type, message } = known;
  return {
    ...resultOf(outcome, 0, progress),
    finished: Promise.resolve({ ...completionOf(outcome, progress.endedAtMs), error: { type, message } }),
    gatewayException: exception,
    final: exception,
    cause: known.type === 'internal_error' ? error : undefined,
  };
};

/** Statuses on which SDKs try again by themselves unless told not to. */
const isRetriedByClients = (status: number): boolean =>
  status === 408 || status === 409 || status === 429 || status >= 500;

const completionOf = (outcome: PlainOutcome, endedAtMs: number): Completion => ({
  outcome: outcome.failure?.type === 'client_closed' ? 'client_closed' : 'complete',
  usage: outcome.usage,
  firstTokenAtMs: undefined,
  endedAtMs,
  body: outcome.bytes,
  finishReason: outcome.finishReason,
  answeredModel: outcome.answeredModel,
  error: outcome.failure && { type: outcome.failure.type, message: outcome.failure.message },
});

const trialOf = (
  { leaf, attempts, bodyAsReceived, callee, prepared }: Progress,
  status: number,
  retryCount: number,
  errorBody: Uint8Array | undefined,
): Trial => ({
  id: randomUUID(),
  path: leaf.path,
  provider: callee?.provider.id ?? leaf.target.provider,
  virtualKey: callee?.virtualKey ?? leaf.target.slug,
  model: prepared?.model,
  stream: prepared?.stream ?? false,
  status,
  attempts,
  retryCount,
  notices: prepared?.upstream.notices ?? [],
  sentBody: prepared?.bytes === bodyAsReceived ? undefined : prepared?.bytes,
  errorBody,
});

const asPlatformError = (error: unknown): PlatformError => {
  if (error instanceof PlatformError) return error;
  if (error instanceof UnsupportedEndpoint) return new PlatformError('unsupported_endpoint', { public: error.message });
  if (error instanceof UnsupportedValue) {
    return new PlatformError('invalid_request_error', { public: error.message, param: error.param, code: error.code });
  }
  return new PlatformError('internal_error', { public: 'Something went wrong', cause: error });
};

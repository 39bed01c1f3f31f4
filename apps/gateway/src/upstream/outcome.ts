import { publicErrorBody, stringAt, type Usage } from '@portolan/providers';
import { CODES, publicType } from '@portolan/service-kit';
import type { Completion, LiveStream } from '../exchange.ts';
import { targetErrorBody } from '../http/error-body.ts';
import { encode, readAnswer } from './answer.ts';
import type { Failure } from './failure.ts';
import type { Prepared } from './prepare.ts';
import type { Arrival, UpstreamHeaders } from './send.ts';

/** What one attempt came to, in the caller's terms. */
export type Outcome = PlainOutcome | StreamOutcome;

export interface StreamOutcome {
  readonly kind: 'stream';
  readonly status: number;
  readonly headers: UpstreamHeaders;
  readonly stream: LiveStream;
  readonly finished: Promise<Completion>;
}

export interface PlainOutcome {
  readonly kind: 'plain';
  readonly status: number;
  readonly headers: UpstreamHeaders;
  readonly bytes: Uint8Array;
  readonly usage?: Usage;
  readonly finishReason?: string;
  readonly answeredModel?: string;
  /** Our name for what went wrong, where it is ours to name. */
  readonly error?: string;
  readonly failure?: Failure;
}

/** Reads an arrival by the provider's own rules. */
export const outcomeOf = (arrival: Arrival, { callee, endpoint, ctx, stream }: Prepared): Outcome => {
  const { provider } = callee;
  switch (arrival.kind) {
    case 'failure':
      return failureOutcome(arrival.failure, provider.id);
    case 'stream':
      return arrival;
    case 'stream-error': {
      const { status, headers, error } = arrival;
      const bytes = encode(publicErrorBody(provider.id, error));
      return { kind: 'plain', status, headers, bytes, error: 'upstream_stream_error' };
    }
    case 'answer': {
      const { headers } = arrival;
      const read = readAnswer(provider, endpoint, ctx, arrival, stream);
      if (read.kind === 'invalid') return failureOutcome(read.failure, provider.id, headers);
      const { status, bytes } = read;
      if (read.kind === 'error') return { kind: 'plain', status, headers, bytes };
      return {
        kind: 'plain',
        status,
        headers,
        bytes,
        usage: read.usage,
        finishReason: finishReasonOf(read.body.choices),
        answeredModel: stringAt(read.body, 'model'),
      };
    }
  }
};

/** A failure of ours as the answer a caller would get. */
export const failureOutcome = (failure: Failure, provider: string, headers: UpstreamHeaders = {}): PlainOutcome => {
  const { http: status, code } = CODES[failure.type];
  const error = { message: failure.message, type: publicType(failure.type), param: null, code: failure.code ?? code };
  const bytes = encode(targetErrorBody(error, failure.ofProvider ? provider : undefined));
  return { kind: 'plain', status, headers, bytes, error: failure.type, failure };
};

const finishReasonOf = (choices: unknown): string | undefined => {
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (typeof first !== 'object' || first === null || !('finish_reason' in first)) return undefined;
  return typeof first.finish_reason === 'string' ? first.finish_reason : undefined;
};

import { randomUUID } from 'node:crypto';
import { type RouteLeaf, shapeBody } from '@portolan/config-schema';
import {
  type CallContext,
  endpointOf,
  type JsonObject,
  type Media,
  type ProviderRegistry,
  publicErrorBody,
  stringAt,
  UnsupportedEndpoint,
  UnsupportedValue,
  type UpstreamCall,
  upstreamCall,
} from '@portolan/providers';
import { type Clock, CODES, PlatformError } from '@portolan/service-kit';
import type { Dispatcher } from 'undici';
import type { Trust } from '../egress/trust.ts';
import type { Completion, LiveStream, Routed } from '../exchange.ts';
import { targetErrorBody } from '../http/error-body.ts';
import type { VirtualKeys } from '../ports/virtual-keys.ts';
import type { Attempt, Trial } from '../trial.ts';
import { encode, readAnswer } from './answer.ts';
import { type Callee, resolveCallee } from './callee.ts';
import { type Deadlines, type DefaultDeadlines, deadlinesOf } from './deadlines.ts';
import type { Failure } from './failure.ts';
import { pause } from './pause.ts';
import { passedHeaders } from './response-headers.ts';
import { type AttemptEnd, decideRetry, NO_RETRIES, retryAfterMs } from './retry.ts';
import { type Arrival, send, type UpstreamHeaders } from './send.ts';

/** What came of one target. */
export interface TargetResult {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | LiveStream;
  readonly finished: Promise<Completion>;
  readonly trial: Trial;
  /** An error of ours that no other target would mend. */
  readonly gatewayException: boolean;
  /** Nothing else may be tried. */
  readonly final: boolean;
}

export interface TargetDeps {
  readonly providers: ProviderRegistry;
  readonly virtualKeys: VirtualKeys;
  readonly trust: Trust;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly defaults: DefaultDeadlines;
  readonly clientStallMs: number;
  readonly backoffBaseMs: number;
  fetchMedia(url: string, param: string): Promise<Media>;
  random(): number;
}

/** Provider calls of one request, all targets together: a safety net over the limits of configs. */
export interface CallBudget {
  left: number;
}

/** One leaf from its settings to a certain answer: resolve, shape, translate, send, retry. Never rejects for what a target can do wrong. */
export const runTarget = async (
  call: Routed,
  leaf: RouteLeaf,
  budget: CallBudget,
  deps: TargetDeps,
): Promise<TargetResult> => {
  const startedAtMs = deps.clock.monotonicMs();
  const run = new TargetRun(call, leaf, deps, startedAtMs);
  try {
    return await run.run(budget);
  } catch (error) {
    return run.refused(error);
  }
};

/** The progress of one target, gathered for its result. */
class TargetRun {
  readonly #call: Routed;
  readonly #leaf: RouteLeaf;
  readonly #deps: TargetDeps;
  readonly #startedAtMs: number;
  readonly #attempts: Attempt[] = [];
  #callee: Callee | undefined;
  #model: string | undefined;
  #stream = false;
  #upstream: UpstreamCall | undefined;
  #sentBody: Uint8Array | undefined;

  constructor(call: Routed, leaf: RouteLeaf, deps: TargetDeps, startedAtMs: number) {
    this.#call = call;
    this.#leaf = leaf;
    this.#deps = deps;
    this.#startedAtMs = startedAtMs;
  }

  async run(budget: CallBudget): Promise<TargetResult> {
    const { clock } = this.#deps;
    const callee = resolveCallee(this.#call, this.#leaf, this.#deps);
    this.#callee = callee;
    const body = shapeBody(callee.body, this.#leaf.policy) as JsonObject;
    this.#model = stringAt(body, 'model');
    const endpoint = endpointOf(callee.provider, this.#call.endpoint);
    this.#stream = body.stream === true && endpoint.stream !== undefined;
    const ctx = this.#context(callee, body);
    const translated = upstreamCall(callee.provider, this.#call.endpoint, body, ctx);
    const upstream = translated instanceof Promise ? await translated : translated;
    this.#upstream = upstream;
    const bytes = upstream.body === this.#call.body ? this.#call.bytes : encode(upstream.body);
    if (bytes !== this.#call.bytes) this.#sentBody = bytes;
    const deadlines = deadlinesOf(this.#leaf.policy, this.#call.headers.requestTimeoutMs, this.#deps.defaults);
    const totalEndsAtMs = this.#call.startedAtMs + deadlines.totalMs;

    for (let progress = NO_RETRIES; ; ) {
      budget.left -= 1;
      const attemptAtMs = clock.monotonicMs();
      const arrival = await this.#send(upstream, bytes, deadlines, totalEndsAtMs, ctx);
      const read = this.#read(arrival, callee, ctx);
      const end = { ...read.end, retryAfterMs: retryAfterOf(arrival, clock) };
      this.#note(attemptAtMs, end, read.error);
      const decision = decideRetry(this.#leaf.policy.retry, progress, end, {
        backoffBaseMs: this.#deps.backoffBaseMs,
        random: this.#deps.random(),
      });
      if (!decision.again) return read.result(decision.retryCount);
      const wouldPassTotal = clock.monotonicMs() + decision.waitMs >= totalEndsAtMs;
      if (wouldPassTotal || budget.left <= 0) return read.result(-1);
      progress = decision.progress;
      if (decision.waitMs > 0) await pause(decision.waitMs, this.#call.cancellation);
      if (this.#call.cancellation.cancelled) return this.#cancelled();
    }
  }

  #context(callee: Callee, body: JsonObject): CallContext {
    const { clock, fetchMedia } = this.#deps;
    const options = body.stream_options;
    return {
      provider: callee.provider.id,
      options: callee.options,
      request: body,
      strict: callee.strict,
      includeUsage:
        typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage === true,
      now: () => Math.floor(clock.wallMs() / 1000),
      newId: (prefix) => prefix + randomUUID().replaceAll('-', ''),
      fetchMedia,
    };
  }

  #send(
    upstream: UpstreamCall,
    body: Uint8Array,
    deadlines: Deadlines,
    totalEndsAtMs: number,
    ctx: CallContext,
  ): Promise<Arrival> {
    const { provider, forwarded } = this.#callee ?? neverHere();
    const stream = this.#stream ? endpointOf(provider, this.#call.endpoint).stream : undefined;
    const pathAt = upstream.url.indexOf('/', upstream.url.indexOf('://') + 3);
    const { method } = upstream;
    return send(this.#deps.dispatcher, {
      provider: provider.id,
      origin: upstream.url.slice(0, pathAt),
      path: upstream.url.slice(pathAt),
      method,
      headers: { ...forwarded, ...upstream.headers },
      body: method === 'GET' ? undefined : body,
      stream: stream && { framing: stream.framing, decoder: () => stream.decoder(ctx) },
      deadlines,
      totalEndsAtMs,
      clientStallMs: this.#deps.clientStallMs,
      keepTranscript: this.#call.headers.debug,
      cancellation: this.#call.cancellation,
      nowMs: this.#deps.clock.monotonicMs,
    });
  }

  /** What an arrival means for retrying, and how it becomes the result if no retry follows. */
  #read(arrival: Arrival, callee: Callee, ctx: CallContext): ReadArrival {
    switch (arrival.kind) {
      case 'failure':
        return this.#failed(arrival.failure);
      case 'stream-error': {
        const { status, headers } = arrival;
        const body = encode(publicErrorBody(callee.provider.id, arrival.error));
        return this.#plain({ status, bytes: body, headers, error: 'upstream_stream_error' });
      }
      case 'stream':
        return {
          end: { status: arrival.status, network: false, final: false },
          error: undefined,
          result: (retryCount) => ({
            ...this.#common(arrival.status, retryCount),
            headers: { ...passedHeaders(arrival.headers), 'content-type': 'text/event-stream' },
            body: arrival.stream,
            finished: arrival.finished,
          }),
        };
      case 'answer': {
        const endpoint = endpointOf(callee.provider, this.#call.endpoint);
        const read = readAnswer(callee.provider, endpoint, ctx, arrival, this.#stream);
        if (read.ok === 'invalid') return this.#failed(read.failure, arrival.headers);
        const usage = read.ok ? read.usage : undefined;
        const finishReason = read.ok === true ? finishReasonOf(read.body) : undefined;
        const answeredModel = read.ok === true ? stringAt(read.body, 'model') : undefined;
        const { status, bytes } = read;
        return this.#plain({ status, bytes, headers: arrival.headers, usage, finishReason, answeredModel });
      }
    }
  }

  #failed(failure: Failure, headers: UpstreamHeaders = {}): ReadArrival {
    const { provider } = this.#callee ?? neverHere();
    const { http, code } = CODES[failure.type];
    const error = { message: failure.message, type: failure.type, param: null, code: failure.code ?? code };
    const bytes = encode(targetErrorBody(error, failure.ofProvider ? provider.id : undefined));
    return this.#plain({ status: http, bytes, headers, error: failure.type, failure });
  }

  #plain(answer: PlainAnswer): ReadArrival {
    const { status, bytes, failure } = answer;
    const ok = status >= 200 && status < 300;
    return {
      end: { status, network: failure?.network ?? false, final: failure?.final ?? false },
      error: answer.error,
      result: (retryCount) => ({
        ...this.#common(status, retryCount, ok ? undefined : bytes, failure?.final),
        headers: {
          ...passedHeaders(answer.headers),
          'content-type': 'application/json',
          ...(retryCount === -1 && isRetried(status) ? { 'x-should-retry': 'false' } : undefined),
        },
        body: bytes,
        finished: Promise.resolve(this.#completion(answer)),
      }),
    };
  }

  #completion({ bytes, usage, finishReason, answeredModel, failure }: PlainAnswer): Completion {
    return {
      outcome: failure?.type === 'client_closed' ? 'client_closed' : 'complete',
      usage,
      firstTokenAtMs: undefined,
      endedAtMs: this.#deps.clock.monotonicMs(),
      body: bytes,
      finishReason,
      answeredModel,
      error: failure && { type: failure.type, message: failure.message },
    };
  }

  #common(status: number, retryCount: number, errorBody?: Uint8Array, final = false) {
    return { status, trial: this.#trial(status, retryCount, errorBody), gatewayException: false, final };
  }

  #trial(status: number, retryCount: number, errorBody: Uint8Array | undefined): Trial {
    return {
      id: randomUUID(),
      path: this.#leaf.path,
      provider: this.#callee?.provider.id ?? this.#leaf.target.provider,
      virtualKey: this.#callee?.virtualKey ?? this.#leaf.target.slug,
      model: this.#model,
      stream: this.#stream,
      status,
      attempts: this.#attempts,
      retryCount,
      notices: this.#upstream?.notices ?? [],
      sentBody: this.#sentBody,
      errorBody,
    };
  }

  #note(attemptAtMs: number, end: AttemptEnd, error: string | undefined): void {
    this.#attempts.push({
      startMs: attemptAtMs - this.#call.startedAtMs,
      durationMs: this.#deps.clock.monotonicMs() - attemptAtMs,
      status: end.status,
      error,
      retryAfterMs: end.retryAfterMs,
    });
  }

  #cancelled(): TargetResult {
    return this.#failed({
      type: 'client_closed',
      message: 'The client closed the connection',
      network: false,
      final: true,
    }).result(-1);
  }

  /** This target cannot be called at all; what that means is in the error. */
  refused(error: unknown): TargetResult {
    const known = asPlatformError(error);
    const exception = known.type === 'unsupported_endpoint' || known.type === 'internal_error';
    const bytes = encode(targetErrorBody(known));
    const endedAtMs = this.#deps.clock.monotonicMs();
    return {
      status: known.status,
      headers: { 'content-type': 'application/json' },
      body: bytes,
      finished: Promise.resolve({
        outcome: 'complete',
        usage: undefined,
        firstTokenAtMs: undefined,
        endedAtMs,
        body: bytes,
        finishReason: undefined,
        answeredModel: undefined,
        error: { type: known.type, message: known.message },
      }),
      trial: {
        ...this.#trial(known.status, 0, bytes),
        attempts: [
          {
            startMs: this.#startedAtMs - this.#call.startedAtMs,
            durationMs: endedAtMs - this.#startedAtMs,
            status: known.status,
            error: known.type,
            retryAfterMs: undefined,
          },
        ],
      },
      gatewayException: exception,
      final: exception,
      ...(exception ? { cause: error } : undefined),
    };
  }
}

/** A whole answer in the caller's terms, whoever wrote it. */
interface PlainAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly headers: UpstreamHeaders;
  readonly usage?: Completion['usage'];
  readonly finishReason?: string;
  readonly answeredModel?: string;
  readonly error?: string;
  readonly failure?: Failure;
}

interface ReadArrival {
  readonly end: Omit<AttemptEnd, 'retryAfterMs'>;
  readonly error: string | undefined;
  result(retryCount: number): TargetResult;
}

const retryAfterOf = (arrival: Arrival, clock: Clock): number | undefined =>
  arrival.kind === 'failure' ? undefined : retryAfterMs(arrival.headers, clock.wallMs());

const isRetried = (status: number): boolean => status === 408 || status === 409 || status === 429 || status >= 500;

const finishReasonOf = (body: JsonObject): string | undefined => {
  const choices = body.choices;
  const first = Array.isArray(choices) ? choices[0] : undefined;
  return typeof first === 'object' && first !== null ? stringAt(first, 'finish_reason') : undefined;
};

const asPlatformError = (error: unknown): PlatformError => {
  if (error instanceof PlatformError) return error;
  if (error instanceof UnsupportedEndpoint) return new PlatformError('unsupported_endpoint', { public: error.message });
  if (error instanceof UnsupportedValue) {
    return new PlatformError('invalid_request_error', { public: error.message, param: error.param, code: error.code });
  }
  return new PlatformError('internal_error', { public: 'Something went wrong', cause: error });
};

const neverHere = (): never => {
  throw new Error('a target is sent before it is resolved');
};

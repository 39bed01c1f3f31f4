import type { RouteLeaf } from '@portolan/config-schema';
import type { ProviderRegistry } from '@portolan/providers';
import type { Dispatcher } from 'undici';
import type { HostCheck } from '../egress/custom-host.ts';
import type { Routed } from '../exchange.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { Attempt } from '../trial.ts';
import { type Callee, resolveCallee } from './callee.ts';
import { type Deadlines, type DefaultDeadlines, deadlinesOf } from './deadlines.ts';
import { clientClosed } from './failure.ts';
import { failureOutcome, type Outcome, outcomeOf } from './outcome.ts';
import { pause } from './pause.ts';
import { type PrepareDeps, type Prepared, prepare } from './prepare.ts';
import { type AttemptEnd, decideRetry, NO_RETRIES, retryAfterMs } from './retry.ts';
import { type Sending, send } from './send.ts';
import { type Progress, refusedResult, resultOf, type TargetResult } from './target-result.ts';
import { type Stored, virtualKeyOf } from './target-virtual-key.ts';

export interface TargetDeps extends PrepareDeps {
  readonly providers: ProviderRegistry;
  readonly credentials: Credentials;
  readonly checkHost: HostCheck;
  readonly dispatcher: Dispatcher;
  readonly defaults: DefaultDeadlines;
  readonly clientStallMs: number;
  readonly backoffBaseMs: number;
  random(): number;
}

/** What the targets of one call share. */
export interface CallState {
  /** Provider calls still allowed: a safety net over the limits of configs. */
  providerCallsLeft: number;
  targetsTried: number;
}

/** One leaf from its settings to a certain answer: resolve, translate, send, retry. Never rejects for what a target can do wrong. */
export const runTarget = async (
  call: Routed,
  leaf: RouteLeaf,
  state: CallState,
  deps: TargetDeps,
): Promise<TargetResult> => {
  const attempts: Attempt[] = [];
  let callee: Callee | undefined;
  let prepared: Prepared | undefined;
  const progress = (): Progress => ({
    leaf,
    attempts,
    bodyAsReceived: call.bytes,
    callee,
    prepared,
    endedAtMs: deps.clock.monotonicMs(),
  });
  try {
    const isFallback = state.targetsTried > 0;
    state.targetsTried += 1;
    const found = storedFor(call, leaf, deps);
    const stored = found instanceof Promise ? await found : found;
    callee = resolveCallee(call, leaf, stored, isFallback, deps);
    const ready = prepare(call, leaf, callee, deps);
    prepared = ready instanceof Promise ? await ready : ready;
    const { outcome, retryCount } = await attemptUntilSettled(call, leaf, prepared, attempts, state, deps);
    return resultOf(outcome, retryCount, progress());
  } catch (error) {
    return refusedResult(error, progress());
  }
};

/** What is stored for the virtual key of a leaf. At once when it is in memory: few calls wait here. */
const storedFor = (call: Routed, leaf: RouteLeaf, deps: TargetDeps): Stored | undefined | Promise<Stored> => {
  const virtualKey = virtualKeyOf(call, leaf, deps.clock.wallMs);
  if (virtualKey === undefined) return undefined;
  const credential = deps.credentials.of(virtualKey);
  return credential instanceof Promise
    ? credential.then((resolved) => ({ virtualKey, credential: resolved }))
    : { virtualKey, credential };
};

/** Same target, same body, same credential each time, until an attempt settles it or no further one may be made. */
const attemptUntilSettled = async (
  call: Routed,
  leaf: RouteLeaf,
  prepared: Prepared,
  attempts: Attempt[],
  state: CallState,
  deps: TargetDeps,
): Promise<{ outcome: Outcome; retryCount: number }> => {
  const { clock } = deps;
  const deadlines = deadlinesOf(leaf.policy, call.headers.requestTimeoutMs, deps.defaults);
  const totalEndsAtMs = call.startedAtMs + deadlines.totalMs;
  const sending = sendingOf(call, prepared, deadlines, totalEndsAtMs, deps);
  for (let progress = NO_RETRIES; ; ) {
    state.providerCallsLeft -= 1;
    const startedAtMs = clock.monotonicMs();
    const arrival = await send(deps.dispatcher, sending);
    const outcome = outcomeOf(arrival, prepared);
    const end = endOf(outcome, clock.wallMs());
    attempts.push({
      startMs: startedAtMs - call.startedAtMs,
      durationMs: clock.monotonicMs() - startedAtMs,
      status: end.status,
      error: outcome.kind === 'plain' ? outcome.error : undefined,
      retryAfterMs: end.retryAfterMs,
    });
    const decision = decideRetry(leaf.policy.retry, progress, end, {
      backoffBaseMs: deps.backoffBaseMs,
      random: deps.random(),
    });
    if (!decision.again) return { outcome, retryCount: decision.retryCount };
    const wouldPassTotal = clock.monotonicMs() + decision.waitMs >= totalEndsAtMs;
    if (wouldPassTotal || state.providerCallsLeft <= 0) return { outcome, retryCount: -1 };
    progress = decision.progress;
    if (decision.waitMs > 0) await pause(decision.waitMs, call.cancellation);
    if (call.cancellation.cancelled) {
      return { outcome: failureOutcome(clientClosed(), prepared.callee.provider.id), retryCount: -1 };
    }
  }
};

const sendingOf = (
  call: Routed,
  { callee, endpoint, ctx, stream, upstream, bytes }: Prepared,
  deadlines: Deadlines,
  totalEndsAtMs: number,
  deps: TargetDeps,
): Sending => {
  const pathAt = upstream.url.indexOf('/', upstream.url.indexOf('://') + 3);
  const adapter = stream ? endpoint.stream : undefined;
  return {
    provider: callee.provider.id,
    origin: upstream.url.slice(0, pathAt),
    path: upstream.url.slice(pathAt),
    method: upstream.method,
    // The provider's own auth wins over a forwarded header of the same name.
    headers: { ...callee.forwarded, ...upstream.headers, ...callee.fixed },
    body: upstream.method === 'GET' ? undefined : bytes,
    stream: adapter && { framing: adapter.framing, decoder: () => adapter.decoder(ctx) },
    deadlines,
    totalEndsAtMs,
    clientStallMs: deps.clientStallMs,
    keepTranscript: call.headers.debug,
    cancellation: call.cancellation,
    nowMs: deps.clock.monotonicMs,
  };
};

const endOf = (outcome: Outcome, nowUnixMs: number): AttemptEnd => {
  const failure = outcome.kind === 'plain' ? outcome.failure : undefined;
  return {
    status: outcome.status,
    network: failure?.network ?? false,
    final: failure?.final ?? false,
    retryAfterMs: outcome.status === 429 ? retryAfterMs(outcome.headers, nowUnixMs) : undefined,
  };
};

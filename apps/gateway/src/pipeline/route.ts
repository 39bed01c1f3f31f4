import type { RouteNode } from '@portolan/config-schema';
import type { Notice } from '@portolan/providers';
import { type Logger, PlatformError } from '@portolan/service-kit';
import type { Handle, Routed } from '../exchange.ts';
import { requestErrorBody } from '../http/error-body.ts';
import type { Breakers } from '../routing/breakers.ts';
import { strategies } from '../routing/registry.ts';
import type { StickyStore } from '../routing/sticky.ts';
import type { RoutingContext } from '../routing/strategy.ts';
import type { Trial } from '../trial.ts';
import { type CallState, runTarget, type TargetDeps } from '../upstream/target.ts';
import type { TargetResult } from '../upstream/target-result.ts';
import { plainReply } from './plain-reply.ts';

export interface RouteDeps extends TargetDeps {
  readonly breakers: Breakers;
  readonly sticky: StickyStore;
  readonly log: Logger;
}

/** Provider calls of one request at most. */
const MAX_PROVIDER_CALLS = 50;

/** Drives the strategies over the tree of targets and turns the last target's result into the reply. */
export const route =
  (deps: RouteDeps): Handle<Routed> =>
  async (call) => {
    const walk = new Walk(call, deps);
    try {
      const result = await walk.visit(call.route);
      addRoutingHeaders(result);
      const { status, headers, body, finished } = result;
      return { status, headers, body, trail: walk.trail, finished };
    } catch (error) {
      // A fault of the config that shows only on the way ends the call, but not the records of what was tried before.
      if (!(error instanceof PlatformError) || walk.trail.length === 0) throw error;
      return plainReply(error.status, requestErrorBody(error), deps.clock.monotonicMs(), walk.trail, error);
    }
  };

class Walk {
  readonly trail: Trial[] = [];
  readonly #state: CallState = { providerCallsLeft: MAX_PROVIDER_CALLS, targetsTried: 0 };
  readonly #call: Routed;
  readonly #deps: RouteDeps;
  readonly #context: RoutingContext;

  constructor(call: Routed, deps: RouteDeps) {
    this.#call = call;
    this.#deps = deps;
    this.#context = {
      call,
      random: deps.random,
      sticky: deps.sticky,
      eligible: (group) => deps.breakers.eligible(group, call.config),
    };
  }

  async visit(node: RouteNode): Promise<TargetResult> {
    if (node.kind === 'leaf') {
      this.#deps.breakers.onStart(node, this.#call.config);
      const result = await runTarget(this.#call, node, this.#state, this.#deps);
      this.#deps.breakers.onOutcome(node, this.#call.config, result.status);
      this.trail.push(result.trial);
      if (result.cause !== undefined) {
        const fields = { err: result.cause, trace_id: this.#call.ids.traceId, target: node.path };
        this.#deps.log.error(fields, 'a target failed unexpectedly');
      }
      return result;
    }
    const strategy = strategies[node.mode](node, this.#context);
    let last: TargetResult | undefined;
    for (let step = strategy.next(); !step.done; ) {
      last = await this.visit(step.value);
      const final = last.final || this.#state.providerCallsLeft <= 0 || this.#call.cancellation.cancelled;
      step = strategy.next({ status: last.status, final });
    }
    if (last === undefined) throw new Error(`strategy ${node.mode} chose no target at ${node.path}`);
    return last;
  }
}

/** Says which way the call went. Every routed reply has them, errors included. */
const addRoutingHeaders = ({ headers, trial, gatewayException }: TargetResult): void => {
  headers['x-portkey-last-used-option-index'] = trial.path;
  headers['x-portkey-retry-attempt-count'] = String(trial.retryCount);
  headers['x-portkey-cache-status'] = 'DISABLED';
  if (trial.provider !== undefined) headers['x-portkey-provider'] = trial.provider;
  if (gatewayException) headers['x-portkey-gateway-exception'] = 'true';
  if (trial.notices.length > 0) headers['x-portkey-param-notices'] = noticeList(trial.notices);
};

const MAX_NOTICE_CHARS = 1_024;

/** `dropped=seed, clamped=temperature`: names only, and of those only characters that a header may hold. */
const noticeList = (notices: readonly Notice[]): string =>
  notices
    .map(({ kind, param }) => `${kind}=${param.replace(/[^\w.[\]@*-]/g, '_')}`)
    .join(', ')
    .slice(0, MAX_NOTICE_CHARS);

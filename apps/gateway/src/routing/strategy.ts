import type { RouteGroup, RouteNode } from '@portolan/config-schema';
import type { Routed } from '../exchange.ts';
import type { StickyStore } from './sticky.ts';

/** What a strategy is told about the child it chose. */
export interface Outcome {
  readonly status: number;
  /** True when nothing else may be tried: an error of ours that no other target would mend, or the call is over. */
  readonly final: boolean;
}

/** What a strategy may look at besides its group. */
export interface RoutingContext {
  readonly call: Routed;
  /** Uniform in [0, 1). */
  random(): number;
  readonly sticky: StickyStore;
  /** The children that may be used now; never empty. Those behind an open circuit breaker are left out. */
  eligible(group: RouteGroup): readonly RouteNode[];
}

/** Names one child after another and hears how each went. It never sees HTTP and does no I/O. */
export type Strategy = (group: RouteGroup, context: RoutingContext) => Generator<RouteNode, void, Outcome>;

import type { JsonObject } from './json.ts';
import type { CompiledQuery } from './query.ts';

/** A config with inheritance worked out: what a gateway routes by. Deeply frozen. */
export type RouteNode = RouteGroup | RouteLeaf;

export type StrategyMode = 'single' | 'loadbalance' | 'fallback' | 'conditional';

/** Calls one provider. */
export interface RouteLeaf {
  readonly kind: 'leaf';
  /** Where it stands: `config`, `config.targets[0].targets[2]`. */
  readonly path: string;
  readonly name?: string;
  readonly weight: number;
  readonly target: Target;
  readonly policy: Policy;
}

/** Chooses among its children. */
export interface RouteGroup {
  readonly kind: 'group';
  readonly path: string;
  readonly name?: string;
  readonly weight: number;
  readonly mode: StrategyMode;
  /** Statuses that make a fallback go on. Absent: every status outside 2xx. */
  readonly onStatusCodes?: readonly number[];
  /** Conditional only, in the order they are asked. */
  readonly conditions?: readonly Condition[];
  /** Name of the child taken when no condition holds. */
  readonly defaultTarget?: string;
  /** Load balance only, and only when switched on. */
  readonly sticky?: Sticky;
  readonly circuitBreaker?: CircuitBreaker;
  readonly children: readonly RouteNode[];
}

export interface Condition {
  readonly query: JsonObject;
  /** Name of the child this condition selects. */
  readonly then: string;
  /** The query, ready to be asked; its patterns are compiled once a plan. */
  readonly compiled: CompiledQuery;
}

export interface Sticky {
  readonly hashFields: readonly string[];
  readonly ttlSeconds: number;
}

/** Whom a leaf calls. Nothing here is inherited, except a slug inside an inherited `override_params.model`. */
export interface Target {
  /** Provider name given literally; a slug may still overrule it. */
  readonly provider?: string;
  /** Slug of the vault entry, without `@`. */
  readonly slug?: string;
  /** Credential in clear. */
  readonly apiKey?: string;
  /** The provider comes from the request. */
  readonly passthrough: boolean;
  readonly promptId?: string;
  /** The provider's own settings under their canonical snake_case names; objects as JSON text. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What applies to a leaf once every ancestor was heard. */
export interface Policy {
  /** A leading `@slug/` of `model` is already taken off. */
  readonly overrideParams: JsonObject;
  /** Same for `model`. */
  readonly defaultParams: JsonObject;
  readonly dropParams: readonly string[];
  readonly retry?: Retry;
  readonly cache?: CachePolicy;
  /** One attempt at one provider. */
  readonly requestTimeoutMs?: number;
  /** The whole call, retries and fallbacks included. */
  readonly totalTimeoutMs?: number;
  /** From the start of an attempt to the first token of its stream. */
  readonly firstTokenTimeoutMs?: number;
  /** Between two events of a stream. */
  readonly streamIdleTimeoutMs?: number;
  readonly customHost?: string;
  readonly forwardHeaders: readonly string[];
  /** Plain OpenAI shapes only. */
  readonly strict: boolean;
  /** Only on leaves with a slug; active for saved configs only. */
  readonly circuitBreaker?: CircuitBreaker;
  readonly beforeRequestHooks: readonly Hook[];
  readonly afterRequestHooks: readonly Hook[];
}

export interface Retry {
  /** Extra attempts after the first, 0 to 5. */
  readonly attempts: number;
  readonly onStatusCodes: readonly number[];
  readonly useRetryAfterHeader: boolean;
}

export interface CachePolicy {
  readonly mode: 'simple' | 'semantic';
  /** Within 60 to 7 776 000. */
  readonly maxAgeSeconds: number;
  /** False when the config is silent about the age: then `cache-control: max-age` of the request may decide. */
  readonly maxAgeGiven: boolean;
}

export interface CircuitBreaker {
  readonly failureThreshold?: number;
  readonly failureThresholdPercentage?: number;
  readonly minimumRequests: number;
  readonly cooldownIntervalMs: number;
  /** Absent: status 500 and above. */
  readonly failureStatusCodes?: readonly number[];
}

/** One guardrail or mutator of a hook list, whatever form it was written in. */
export interface Hook {
  readonly id: string;
  readonly type: 'guardrail' | 'mutator';
  /** `saved`: looked up by id, and what is undefined here stays as saved. `inline`: complete as it stands. */
  readonly origin: 'saved' | 'inline';
  /** Empty for a saved one. */
  readonly checks: readonly Check[];
  readonly async?: boolean;
  readonly deny?: boolean;
  readonly sequential?: boolean;
  readonly softDeny200?: boolean;
  /** Feedback written on the trace: `{value, weight, metadata}`. */
  readonly onSuccessFeedback?: JsonObject;
  readonly onFailFeedback?: JsonObject;
}

export interface Check {
  /** With its family: `default.contains`. */
  readonly id: string;
  readonly parameters: JsonObject;
  readonly isEnabled: boolean;
}

/** All leaves below a node, or the node itself, in config order. */
export const leaves = (node: RouteNode): readonly RouteLeaf[] =>
  node.kind === 'leaf' ? [node] : node.children.flatMap(leaves);

/** Vault slugs a node may need, each once, in config order. */
export const slugsIn = (node: RouteNode): readonly string[] => [
  ...new Set(leaves(node).flatMap((leaf) => leaf.target.slug ?? [])),
];

/** False when the config leaves the provider to the request's headers or body. */
export const hasProviderSignal = (node: RouteNode): boolean =>
  node.kind === 'group' || node.target.provider !== undefined || node.target.slug !== undefined;

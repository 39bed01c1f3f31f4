import fc from 'fast-check';

/** What the upstream does with one attempt. `hang` never answers, `reset` breaks the connection before any header. */
export interface Answering {
  readonly kind: 'answer';
  readonly status: number;
  readonly delayMs: number;
}
export type Deed = Answering | { readonly kind: 'hang' } | { readonly kind: 'reset' };

interface RetryRule {
  readonly attempts: number;
  readonly codes: readonly number[] | undefined;
}

export interface LeafPlan {
  readonly type: 'leaf';
  /** One for each attempt; the last is repeated. */
  readonly deeds: readonly Deed[];
  readonly retry: RetryRule | undefined;
}

export interface GroupPlan {
  readonly type: 'group';
  readonly mode: 'single' | 'fallback' | 'loadbalance' | 'conditional';
  readonly children: readonly TreePlan[];
  /** Which child a draw or a condition takes; taken modulo their number. */
  readonly pick: number;
  readonly codes: readonly number[] | undefined;
  readonly retry: RetryRule | undefined;
}

export type TreePlan = LeafPlan | GroupPlan;

/** What one target came to. */
export interface ExpectedTrial {
  readonly path: string;
  readonly attempts: readonly number[];
  readonly retryCount: number;
}

/** The status of an attempt: what the contract says for each deed. */
const statusOf = (deed: Deed): number => {
  if (deed.kind === 'hang') return 408;
  return deed.kind === 'reset' ? 502 : deed.status;
};

const DEFAULT_RETRY_CODES = [429, 500, 502, 503, 504, 529];

const isGood = (status: number): boolean => status >= 200 && status <= 299;

/** The contract's routing rules over again, as plainly as they can be said. Returns every target tried, in order. */
export const expectedTrail = (plan: TreePlan, path = 'config', inherited?: RetryRule): readonly ExpectedTrial[] => {
  const retry = plan.retry ?? inherited;
  if (plan.type === 'leaf') return [expectedTrial(plan, path, retry)];
  const at = (index: number) => {
    const child = plan.children[index];
    return child === undefined ? [] : expectedTrail(child, `${path}.targets[${index}]`, retry);
  };
  if (plan.mode === 'single') return at(0);
  if (plan.mode !== 'fallback') return at(plan.pick % plan.children.length);
  const trail: ExpectedTrial[] = [];
  for (const index of plan.children.keys()) {
    trail.push(...at(index));
    const status = trail.at(-1)?.attempts.at(-1) ?? 0;
    const goesOn = plan.codes === undefined ? !isGood(status) : plan.codes.includes(status);
    if (!goesOn) break;
  }
  return trail;
};

const expectedTrial = (leaf: LeafPlan, path: string, retry: RetryRule | undefined): ExpectedTrial => {
  const most = retry?.attempts ?? 0;
  const attempts: number[] = [];
  for (let made = 0; ; made++) {
    const deed = deedAt(leaf.deeds, made);
    const status = statusOf(deed);
    attempts.push(status);
    const wanted = deed.kind === 'reset' || (retry?.codes ?? DEFAULT_RETRY_CODES).includes(status);
    if (!wanted || most === 0) return { path, attempts, retryCount: made };
    if (made === most) return { path, attempts, retryCount: -1 };
  }
};

export const deedAt = (deeds: readonly Deed[], attempt: number): Deed =>
  deeds[Math.min(attempt, deeds.length - 1)] ?? { kind: 'reset' };

/** The plan as a config; `leafTarget` says how a leaf finds its deeds. */
export const configOf = (plan: TreePlan, leafTarget: (leaf: LeafPlan) => object): object => {
  const retry =
    plan.retry === undefined
      ? {}
      : { retry: { attempts: plan.retry.attempts, ...(plan.retry.codes && { on_status_codes: plan.retry.codes }) } };
  if (plan.type === 'leaf') return { ...leafTarget(plan), ...retry };
  const { mode, codes } = plan;
  const chosen = plan.pick % plan.children.length;
  const targets = plan.children.map((child, index) => ({
    ...configOf(child, leafTarget),
    ...(mode === 'loadbalance' ? { weight: index === chosen ? 1 : 0 } : {}),
    ...(mode === 'conditional' ? { name: `child-${index}` } : {}),
  }));
  // Written as pairs: an object literal with a member `then` looks like a promise to the linter.
  const condition = Object.fromEntries([
    ['query', { 'metadata.route': { $eq: 'chosen' } }],
    ['then', `child-${chosen}`],
  ]);
  return {
    strategy: {
      mode,
      ...(mode === 'conditional' ? { conditions: [condition], default: 'child-0' } : {}),
      ...(mode === 'fallback' && codes !== undefined ? { on_status_codes: codes } : {}),
    },
    targets,
    ...retry,
  };
};

export const leavesOf = (plan: TreePlan): readonly LeafPlan[] =>
  plan.type === 'leaf' ? [plan] : plan.children.flatMap(leavesOf);

const status = fc.constantFrom(200, 200, 400, 401, 404, 429, 500, 503, 529);
const deed = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('answer' as const), status, delayMs: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hang' as const) }) },
);
const codes = fc.option(fc.uniqueArray(fc.constantFrom(200, 400, 401, 408, 429, 500, 502, 503), { maxLength: 4 }), {
  nil: undefined,
});
const retry = fc.option(fc.record({ attempts: fc.nat(3), codes }), { nil: undefined });

const MAX_DEPTH = 4;
const MAX_LEAVES = 12;

/** A strategy tree of at most four levels and twelve targets. */
export const treePlan: fc.Arbitrary<TreePlan> = fc
  .letrec<{ leaf: LeafPlan; group: GroupPlan; tree: TreePlan }>((tie) => ({
    leaf: fc.record({
      type: fc.constant('leaf' as const),
      deeds: fc.array(deed, { minLength: 1, maxLength: 4 }),
      retry,
    }),
    group: fc.record({
      type: fc.constant('group' as const),
      mode: fc.constantFrom('single', 'fallback', 'fallback', 'loadbalance', 'conditional'),
      children: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
      pick: fc.nat(3),
      codes,
      retry,
    }),
    tree: fc.oneof({ maxDepth: MAX_DEPTH - 1, depthIdentifier: 'tree' }, tie('leaf'), tie('group')),
  }))
  .tree.filter((plan) => leavesOf(plan).length <= MAX_LEAVES);

import type { MatchKind, PriceCatalog, PriceMatch } from './catalog.ts';
import { regionFactor, serviceTierFactor } from './factors.ts';
import { nanoUsdOf, toNanoUsd } from './money.ts';
import { isTiered, ratesOf, sumOf } from './rates.ts';
import { splitTokens } from './token-split.ts';
import type { Usage } from './usage.ts';

/** What to know about a cost before trusting it. */
export type CostFlag =
  | 'tier_price'
  | 'batch_price'
  | 'service_tier_price'
  | 'region_price'
  /** The tier that answered has no known factor: this is the list price. */
  | 'service_tier_not_priced'
  | 'factor_unverified'
  /** Sources disagree about this price. */
  | 'price_unconfirmed'
  /** Some tokens, or fees per call, have no price here: the true cost is higher. */
  | 'not_priced_parts'
  | 'usage_inconsistent';

/**
 * The cost of one attempt. Nano-dollars are whole and safe as a number below nine million dollars. An unknown cost
 * is never 0: what to do about it is a policy elsewhere.
 */
export type Cost =
  | {
      readonly status: 'known';
      readonly nanoUsd: number;
      /** `upstream`: the provider named this cost. */
      readonly source: 'computed' | 'upstream';
      /** How our price was found; absent when only the provider knew one. */
      readonly match?: MatchKind;
      /** Beside a cost that the provider named: what our prices give. */
      readonly computedNanoUsd?: number;
      readonly flags: readonly CostFlag[];
    }
  | { readonly status: 'unknown_model' | 'unknown_usage' };

export interface CostQuestion {
  readonly provider: string;
  readonly requestedModel: string;
  /** The model that the answer names; it wins, because requested names can be aliases. */
  readonly answeredModel?: string | undefined;
  /** Absent when the provider did not report any. */
  readonly usage?: Usage | undefined;
  /** When the request began: prices are those of that moment. */
  readonly at: Date;
  /** Sent through the provider's batch API. */
  readonly batch?: boolean | undefined;
}

/** Prices attempts with a catalog: the answered model before the requested one, the provider's own figure before ours. */
export const costWith =
  (catalog: PriceCatalog) =>
  (question: CostQuestion): Cost => {
    const { usage } = question;
    const price = priceFor(catalog, question);
    const upstream = usage?.upstreamCostUsd === undefined ? undefined : nanoUsdOf(usage.upstreamCostUsd);
    const computed = price !== undefined && usage !== undefined ? computedCost(question, usage, price) : undefined;
    if (upstream !== undefined) {
      const known = { status: 'known', nanoUsd: upstream, source: 'upstream' } as const;
      return computed === undefined
        ? { ...known, flags: [] }
        : { ...known, match: computed.match, computedNanoUsd: computed.nanoUsd, flags: computed.flags };
    }
    if (price === undefined) return { status: 'unknown_model' };
    if (computed === undefined) return { status: 'unknown_usage' };
    return { status: 'known', source: 'computed', ...computed };
  };

const priceFor = (catalog: PriceCatalog, question: CostQuestion): PriceMatch | undefined => {
  const { provider, requestedModel, answeredModel, at } = question;
  if (answeredModel === undefined || answeredModel === requestedModel) {
    return catalog.priceOf(provider, requestedModel, at);
  }
  const answered = catalog.priceOf(provider, answeredModel, at);
  if (answered !== undefined) return answered;
  const requested = catalog.priceOf(provider, requestedModel, at);
  return requested && { ...requested, match: 'alias' };
};

const computedCost = (question: CostQuestion, usage: Usage, { row, match, provider }: PriceMatch) => {
  // One provider names its batches as a tier.
  const batch = question.batch === true || usage.serviceTier === 'batch';
  const split = splitTokens(usage);
  const rates = ratesOf(row, {
    provider,
    promptTokens: usage.promptTokens,
    batch,
    thinking: split.reasoning > 0,
  });
  const { sum, complete } = sumOf(split, rates);
  const tier = batch ? {} : serviceTierFactor(provider, row.model, usage.serviceTier);
  const region = regionFactor(question.provider, question.requestedModel);
  const factors = [tier.factor, region.factor].flatMap((factor) => (factor === undefined ? [] : [factor]));
  const flags: (CostFlag | undefined)[] = [
    isTiered(row, usage.promptTokens) ? 'tier_price' : undefined,
    batch ? 'batch_price' : undefined,
    tier.flag,
    region.flag,
    row.confidence === 'C' ? 'price_unconfirmed' : undefined,
    complete && row.perCallFee !== true ? undefined : 'not_priced_parts',
    split.inconsistent ? 'usage_inconsistent' : undefined,
  ];
  return { nanoUsd: toNanoUsd(sum, factors), match, flags: flags.filter((flag) => flag !== undefined) };
};

import { bedrockRegionOf } from './model-names.ts';
import { type Factor, factorOf } from './money.ts';

/** What a factor adds to a cost, and what to say about it. */
export interface Applied {
  readonly factor?: Factor;
  readonly flag?: 'service_tier_price' | 'service_tier_not_priced' | 'region_price' | 'factor_unverified';
}

const NOTHING: Applied = {};

/** Tiers that are charged at list price. */
const LIST_PRICE_TIERS: ReadonlySet<string> = new Set(['default', 'standard', 'auto', 'on_demand']);

const PRIORITY: readonly (readonly [model: RegExp, factor: number])[] = [
  [/^gpt-4o-2024-05-13$/, 1.75],
  [/^gpt-4o-mini(-\d|$)/, 1.67],
  [/^gpt-4o(-\d|$)/, 1.7],
  [/^gpt-4\.1-nano(-\d|$)/, 2],
  [/^gpt-4\.1(-mini)?(-\d|$)/, 1.75],
  [/^o3(-\d|$)/, 1.75],
  [/^o4-mini(-\d|$)/, 1.82],
  [/^gpt-5-mini(-\d|$)/, 1.8],
  [/^gpt-5(\.[12])?(-\d|$)/, 2],
  [/^gpt-5\.4(-mini)?(-\d|$)/, 2],
  [/^gpt-5\.5(-\d|$)/, 2.5],
  [/^gpt-5\.6(-\d|$|-(sol|terra|luna)$)/, 2],
];

const FLEX = /^(o3|o4-mini)(-\d|$)|^gpt-[5-9](?!.*-chat)/;

/** The factor of the service tier that the answer names. */
export const serviceTierFactor = (provider: string, model: string, tier: string | undefined): Applied => {
  if (tier === undefined || LIST_PRICE_TIERS.has(tier)) return NOTHING;
  const factor = tierFactors.get(provider)?.(model, tier);
  if (factor === undefined) return { flag: 'service_tier_not_priced' };
  return { factor: factorOf(factor), flag: provider === 'bedrock' ? 'factor_unverified' : 'service_tier_price' };
};

const BEDROCK_TIERS: ReadonlyMap<string, number> = new Map([
  ['flex', 0.5],
  ['priority', 1.75],
]);

const openAiFactor = (model: string, tier: string): number | undefined => {
  if (tier === 'flex') return FLEX.test(model) ? 0.5 : undefined;
  if (tier !== 'priority' && tier !== 'fast') return undefined;
  return PRIORITY.find(([of]) => of.test(model))?.[1];
};

const tierFactors: ReadonlyMap<string, (model: string, tier: string) => number | undefined> = new Map([
  ['openai', openAiFactor],
  ['bedrock', (_model, tier) => BEDROCK_TIERS.get(tier)],
]);

const NEWER_CLAUDE = /claude-(opus|sonnet|haiku|fable|mythos)-(4-[5-9]|[5-9])/;

/** The factor of the region that a Bedrock model names. */
export const regionFactor = (provider: string, model: string): Applied => {
  if (provider !== 'bedrock' && provider !== 'bedrock-mantle') return NOTHING;
  const region = bedrockRegionOf(model);
  if (region === 'us-gov') return { factor: factorOf(1.2), flag: 'factor_unverified' };
  return region === 'eu' && NEWER_CLAUDE.test(model) ? { factor: factorOf(1.1), flag: 'region_price' } : NOTHING;
};

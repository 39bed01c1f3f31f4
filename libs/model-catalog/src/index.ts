import { priceCatalog } from './catalog.ts';
import { costWith } from './cost.ts';
import { PRICE_FILES } from './prices/price-files.ts';

export { type MatchKind, type PriceCatalog, type PriceMatch, priceCatalog } from './catalog.ts';
export { type Cost, type CostFlag, type CostQuestion, costWith } from './cost.ts';
export type { PriceFile, PriceRow } from './price-row.ts';
export { PRICE_FILES } from './prices/price-files.ts';
export type { Usage } from './usage.ts';

const seed = priceCatalog(PRICE_FILES);

/** The price of a model at a moment, from the lists we carry. @returns undefined when none is known; never free */
export const priceOf = seed.priceOf;

/** The cost of one attempt with the lists we carry. For operator prices: `costWith(priceCatalog([...PRICE_FILES, ours]))`. */
export const costOf = costWith(seed);

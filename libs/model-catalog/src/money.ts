/** Sums are kept in 1e-15 US dollars: a price of six decimals per million tokens, halved or times 1.6, stays whole. */
export type FemtoUsd = bigint;

const FEMTO_PER_NANO = 1_000_000n;

/** Femto-dollars per token from dollars per million tokens. */
export const perToken = (usdPerMillion: number): FemtoUsd => BigInt(Math.round(usdPerMillion * 1e6)) * 1000n;

/** A factor as a fraction, so that 1.1 is exactly 1.1. */
export interface Factor {
  readonly times: bigint;
  readonly over: bigint;
}

/** @param factor at most two decimals */
export const factorOf = (factor: number): Factor => ({ times: BigInt(Math.round(factor * 100)), over: 100n });

/** Rounds half up to whole nano-dollars. A safe integer for anything below nine million dollars. */
export const toNanoUsd = (sum: FemtoUsd, factors: readonly Factor[] = []): number => {
  const times = factors.reduce((product, factor) => product * factor.times, sum);
  const over = factors.reduce((product, factor) => product * factor.over, FEMTO_PER_NANO);
  return Number((2n * times + over) / (2n * over));
};

/** Whole nano-dollars from dollars, half up; undefined when that is no amount of money. */
export const nanoUsdOf = (usd: number): number | undefined =>
  Number.isFinite(usd) && usd >= 0 && usd < 9e6 ? Math.floor(usd * 1e9 + 0.5) : undefined;

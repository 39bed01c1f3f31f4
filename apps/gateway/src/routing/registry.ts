import type { StrategyMode } from '@portolan/config-schema';
import { conditional } from './conditional.ts';
import { fallback } from './fallback.ts';
import { loadBalance } from './load-balance.ts';
import { single } from './single.ts';
import type { Strategy } from './strategy.ts';

/** Every strategy there is. A new one is its file and one line here. */
export const strategies: Readonly<Record<StrategyMode, Strategy>> = {
  single,
  fallback,
  loadbalance: loadBalance,
  conditional,
};

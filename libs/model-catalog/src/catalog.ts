import { candidatesOf } from './model-names.ts';
import type { PriceFile, PriceRow } from './price-row.ts';

/** How a price was found: `alias` by a name that moves or that is not the one that answered. */
export type MatchKind = 'exact' | 'base' | 'alias' | 'fallback_provider';

export interface PriceMatch {
  /** Whose list the price is on. */
  readonly provider: string;
  readonly row: PriceRow;
  readonly match: MatchKind;
}

export interface PriceCatalog {
  /**
   * The price of a model at a moment: operator prices first, then ours; the exact name, then the name without its
   * date, then the list of the provider that resells it.
   * @returns undefined when no price is known; that is never the same as free
   */
  priceOf(provider: string, model: string, at: Date): PriceMatch | undefined;
}

/** Who sells the models of another provider at that provider's prices. */
const FALLBACKS: ReadonlyMap<string, { readonly provider: string; readonly models?: RegExp }> = new Map([
  ['vertex-ai', { provider: 'google', models: /^gemini-/ }],
  ['azure-ai', { provider: 'azure-openai' }],
  ['claude-platform-aws', { provider: 'anthropic' }],
  ['bedrock-mantle', { provider: 'bedrock' }],
]);

const MAX_REMEMBERED = 5000;
const MAX_KEY_LENGTH = 300;

/** A found list of dated prices of one model, oldest first. */
interface Found {
  readonly provider: string;
  readonly rows: readonly PriceRow[];
  readonly match: MatchKind;
}

/**
 * A catalog over price lists. Where two lists price the same model, the later list wins: put operator prices last.
 */
export const priceCatalog = (files: readonly PriceFile[]): PriceCatalog => {
  const models = indexOf(files);
  const remembered = new Map<string, Found | undefined>();

  const rowsOf = (provider: string, names: readonly string[]): readonly PriceRow[] | undefined => {
    for (const name of names) {
      const rows = models.get(`${provider}\n${name}`);
      if (rows !== undefined) return rows;
    }
    return undefined;
  };

  const find = (provider: string, model: string): Found | undefined => {
    const names = candidatesOf(provider, model);
    const exact = rowsOf(provider, names.exact);
    if (exact !== undefined) return { provider, rows: exact, match: exact.at(-1)?.alias === true ? 'alias' : 'exact' };
    const base = rowsOf(provider, names.base);
    if (base !== undefined) return { provider, rows: base, match: 'base' };
    const fallback = FALLBACKS.get(provider);
    if (fallback === undefined || fallback.models?.test(names.exact[0] ?? '') === false) return undefined;
    const other = rowsOf(fallback.provider, [...names.exact, ...names.base]);
    return other && { provider: fallback.provider, rows: other, match: 'fallback_provider' };
  };

  return {
    priceOf(provider, model, at) {
      const key = `${provider}\n${model}`;
      if (!remembered.has(key)) {
        const found = find(provider, model);
        if (key.length > MAX_KEY_LENGTH) return matchAt(found, at);
        const oldest = remembered.size >= MAX_REMEMBERED ? remembered.keys().next().value : undefined;
        if (oldest !== undefined) remembered.delete(oldest);
        remembered.set(key, found);
      }
      return matchAt(remembered.get(key), at);
    },
  };
};

const matchAt = (found: Found | undefined, at: Date): PriceMatch | undefined => {
  const row = found?.rows.findLast(({ validFrom }) => validFrom === undefined || Date.parse(validFrom) <= at.getTime());
  return found && row && { provider: found.provider, row, match: found.match };
};

/** Rows by provider and model, oldest first; a row replaces one that begins on the same day. */
const indexOf = (files: readonly PriceFile[]): ReadonlyMap<string, readonly PriceRow[]> => {
  const dated = new Map<string, Map<string, PriceRow>>();
  for (const { provider, prices } of files) {
    for (const row of prices) {
      const key = `${provider}\n${row.model}`;
      const rows = dated.get(key) ?? new Map<string, PriceRow>();
      rows.set(row.validFrom ?? '', row);
      dated.set(key, rows);
    }
  }
  return new Map(
    [...dated].map(([key, rows]) => [
      key,
      [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row),
    ]),
  );
};

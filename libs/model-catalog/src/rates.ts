import { type FemtoUsd, perToken } from './money.ts';
import type { PriceRow } from './price-row.ts';
import type { TokenSplit } from './token-split.ts';

/** Femto-dollars per token of every group; undefined where no price is stated. */
export type Rates = Readonly<Record<Exclude<keyof TokenSplit, 'inconsistent'>, FemtoUsd | undefined>>;

/** Who halves every price of a batch when the list does not say otherwise. */
const HALVES_BATCHES: ReadonlySet<string> = new Set([
  'openai',
  'azure-openai',
  'anthropic',
  'google',
  'vertex-ai',
  'mistral-ai',
  'bedrock',
]);

export interface RateOptions {
  readonly provider: string;
  readonly promptTokens: number;
  readonly batch: boolean;
  /** The model thought before it answered. */
  readonly thinking: boolean;
}

/** The rates of one request: the tier its prompt length falls into, then the batch discount. */
export const ratesOf = (row: PriceRow, options: RateOptions): Rates => {
  const tier = isTiered(row, options.promptTokens) ? row.tier : undefined;
  const plain = tier === undefined ? plainRates(row) : tieredRates(row, tier);
  const thinking = options.provider === 'dashscope' && options.thinking ? { ...plain, answer: plain.reasoning } : plain;
  if (!options.batch) return thinking;
  const stated = tier === undefined ? { input: row.batchInput, output: row.batchOutput } : {};
  if (!HALVES_BATCHES.has(options.provider) && stated.input === undefined && stated.output === undefined)
    return thinking;
  const halved = halvedRates(thinking);
  return {
    ...halved,
    ...(stated.input === undefined ? {} : { text: perToken(stated.input), ...likeInput(row, perToken(stated.input)) }),
    ...(stated.output === undefined
      ? {}
      : { answer: perToken(stated.output), ...likeOutput(row, perToken(stated.output)) }),
  };
};

/** The whole request is charged at the tier once its prompt is longer, not only what is above. */
export const isTiered = (row: PriceRow, promptTokens: number): boolean =>
  row.tier !== undefined && promptTokens > row.tier.aboveTokens;

const rate = (usdPerMillion: number | undefined): FemtoUsd | undefined =>
  usdPerMillion === undefined ? undefined : perToken(usdPerMillion);

/** Rows never change, and each priced call asks for the same few. */
const known = new WeakMap<PriceRow, Rates>();

const plainRates = (row: PriceRow): Rates => {
  const before = known.get(row);
  if (before !== undefined) return before;
  const rates = computedRates(row);
  known.set(row, rates);
  return rates;
};

const computedRates = (row: PriceRow): Rates => {
  const input = rate(row.input);
  const output = rate(row.output);
  const write5m = rate(row.cacheWrite5m);
  return {
    text: input,
    cacheRead: rate(row.cachedInput) ?? input,
    cacheWrite5m: write5m ?? input,
    cacheWrite1h: rate(row.cacheWrite1h) ?? (write5m === undefined ? input : (write5m * 16n) / 10n),
    audioInput: rate(row.audioInput) ?? input,
    imageInput: rate(row.imageInput) ?? input,
    answer: output,
    reasoning: rate(row.reasoning) ?? output,
    audioOutput: rate(row.audioOutput) ?? output,
    imageOutput: rate(row.imageOutput) ?? output,
  };
};

/** Prices the tier does not state grow as its input or output price does. */
const tieredRates = (row: PriceRow, tier: NonNullable<PriceRow['tier']>): Rates => {
  const plain = plainRates(row);
  const input = rate(tier.input) ?? plain.text;
  const output = rate(tier.output) ?? plain.answer;
  const grown = (value: FemtoUsd | undefined, from: FemtoUsd | undefined, to: FemtoUsd | undefined) =>
    value === undefined || from === undefined || to === undefined || from === 0n ? to : (value * to) / from;
  const asInput = (value: FemtoUsd | undefined) => grown(value, plain.text, input);
  const asOutput = (value: FemtoUsd | undefined) => grown(value, plain.answer, output);
  return {
    text: input,
    cacheRead: rate(tier.cachedInput) ?? asInput(plain.cacheRead),
    cacheWrite5m: asInput(plain.cacheWrite5m),
    cacheWrite1h: asInput(plain.cacheWrite1h),
    audioInput: asInput(plain.audioInput),
    imageInput: asInput(plain.imageInput),
    answer: output,
    reasoning: asOutput(plain.reasoning),
    audioOutput: asOutput(plain.audioOutput),
    imageOutput: asOutput(plain.imageOutput),
  };
};

/** The groups without a price of their own follow the batch price of their side. */
const likeInput = (row: PriceRow, input: FemtoUsd) => ({
  ...(row.cachedInput === undefined ? { cacheRead: input } : {}),
  ...(row.cacheWrite5m === undefined ? { cacheWrite5m: input } : {}),
  ...(row.cacheWrite5m === undefined && row.cacheWrite1h === undefined ? { cacheWrite1h: input } : {}),
  ...(row.audioInput === undefined ? { audioInput: input } : {}),
  ...(row.imageInput === undefined ? { imageInput: input } : {}),
});

const likeOutput = (row: PriceRow, output: FemtoUsd) => ({
  ...(row.reasoning === undefined ? { reasoning: output } : {}),
  ...(row.audioOutput === undefined ? { audioOutput: output } : {}),
  ...(row.imageOutput === undefined ? { imageOutput: output } : {}),
});

const halvedRates = (rates: Rates): Rates => {
  const half = (value: FemtoUsd | undefined) => (value === undefined ? undefined : value / 2n);
  return {
    text: half(rates.text),
    cacheRead: half(rates.cacheRead),
    cacheWrite5m: half(rates.cacheWrite5m),
    cacheWrite1h: half(rates.cacheWrite1h),
    audioInput: half(rates.audioInput),
    imageInput: half(rates.imageInput),
    answer: half(rates.answer),
    reasoning: half(rates.reasoning),
    audioOutput: half(rates.audioOutput),
    imageOutput: half(rates.imageOutput),
  };
};

const GROUPS = [
  'text',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioInput',
  'imageInput',
  'answer',
  'reasoning',
  'audioOutput',
  'imageOutput',
] as const satisfies readonly (keyof Rates)[];

/** The sum over all groups. `complete` is false when some tokens have no price. */
export const sumOf = (split: TokenSplit, rates: Rates): { readonly sum: FemtoUsd; readonly complete: boolean } => {
  let sum = 0n;
  let complete = true;
  for (const group of GROUPS) {
    const tokens = split[group];
    const price = rates[group];
    if (price !== undefined) sum += BigInt(tokens) * price;
    else if (tokens > 0) complete = false;
  }
  return { sum, complete };
};

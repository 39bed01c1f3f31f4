import type { PriceRow } from '@portolan/model-catalog';
import type { JsonObject } from '@portolan/providers';

/** Our price of a kind of token, and the name that clients of the management API know it by. */
const TOKEN_PRICES = [
  ['input', 'request_token'],
  ['output', 'response_token'],
  ['cachedInput', 'cache_read_input_token'],
  ['cacheWrite5m', 'cache_write_input_token'],
  ['audioInput', 'request_audio_token'],
  ['audioOutput', 'response_audio_token'],
  ['imageInput', 'request_image_token'],
  ['imageOutput', 'response_image_token'],
] as const satisfies readonly (readonly [keyof PriceRow, string])[];

const BATCH_PRICES = [
  ['batchInput', 'request_token'],
  ['batchOutput', 'response_token'],
] as const satisfies readonly (readonly [keyof PriceRow, string])[];

/** US cents for one token have few digits that mean anything; the rest would be noise of the division. */
const DIGITS = 12;

const centsPerToken = (usdPerMillion: number): number => Number((usdPerMillion / 10_000).toPrecision(DIGITS));

/** The prices of a model in the form of the management API, in US cents for one token. What is not stated is left out: it is not free. */
export const modelPricing = (row: PriceRow): JsonObject => {
  const batch = pricesOf(row, BATCH_PRICES);
  return {
    pay_as_you_go: pricesOf(row, TOKEN_PRICES),
    ...(Object.keys(batch).length === 0 ? {} : { batch_config: { pay_as_you_go: batch } }),
    currency: 'USD',
  };
};

const pricesOf = (
  row: PriceRow,
  names: readonly (readonly ['input' | 'batchInput' | Exclude<keyof PriceRow, 'tier'>, string])[],
): Record<string, JsonObject> =>
  Object.fromEntries(
    names.flatMap(([ours, theirs]): [string, JsonObject][] => {
      const price = row[ours];
      return typeof price === 'number' ? [[theirs, { price: centsPerToken(price) }]] : [];
    }),
  );

import type { Flag, Given } from '../arguments/command.ts';
import { Refused } from '../failure.ts';
import type { JsonObject } from '../json.ts';

/** Flags that limit what a key may use. */
export const LIMIT_FLAGS: readonly Flag[] = [
  { name: 'budget', value: 'AMOUNT[usd|tokens]', text: 'Stops the key there: `50`, `50usd`, `1000000tokens`.' },
  { name: 'budget-reset', value: 'weekly|monthly|DAYS', text: 'When the budget begins anew.' },
  {
    name: 'rate',
    value: 'N/UNIT',
    many: true,
    text: 'At most so many requests: `60/rpm`; tokens: `100000/rpd/tokens`.',
  },
  { name: 'expires', value: 'TIME', text: 'When it ends: 2027-01-31T00:00:00Z.' },
];

const AMOUNT = /^(\d+(?:\.\d+)?)(usd|tokens)?$/;
const RATE = /^(\d+)\/(rps|rpm|rph|rpd|rpw)(?:\/(requests|tokens))?$/;

const resetOf = (text: string | undefined): JsonObject => {
  if (text === undefined) return {};
  if (text === 'weekly' || text === 'monthly') return { periodic_reset: text };
  if (/^\d{1,3}$/.test(text)) return { periodic_reset_days: Number(text) };
  throw new Refused('--budget-reset must be weekly, monthly or a number of days.');
};

const budgetOf = (given: Given): JsonObject => {
  const text = given.text('budget');
  if (text === undefined) {
    if (given.has('budget-reset')) throw new Refused('--budget-reset needs --budget.');
    return {};
  }
  const [, amount, unit = 'usd'] = AMOUNT.exec(text) ?? [];
  if (amount === undefined)
    throw new Refused(`--budget must be an amount such as 50usd or 1000000tokens, not "${text}".`);
  const limit = {
    type: unit === 'usd' ? 'cost' : 'tokens',
    credit_limit: Number(amount),
    ...resetOf(given.text('budget-reset')),
  };
  return { usage_limits: limit };
};

const rateOf = (text: string): JsonObject => {
  const [, value, unit, type = 'requests'] = RATE.exec(text) ?? [];
  if (value === undefined || unit === undefined)
    throw new Refused(`--rate must be such as 60/rpm or 100000/rpd/tokens, not "${text}".`);
  return { type, unit, value: Number(value) };
};

/** What those flags ask for. @throws Refused */
export const limitsOf = (given: Given): JsonObject => {
  const rates = given.all('rate').map(rateOf);
  const expires = given.text('expires');
  return {
    ...budgetOf(given),
    ...(rates.length === 0 ? {} : { rate_limits: rates }),
    ...(expires === undefined ? {} : { expires_at: expires }),
  };
};

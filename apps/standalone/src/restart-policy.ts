export const FIRST_DELAY_MS = 500;
export const LONGEST_DELAY_MS = 10_000;
/** After so many ends in a row without a steady run in between, restarting is given up. */
export const MOST_ENDS_IN_A_ROW = 8;
/** A process that ran this long was fine: its end starts a new row. */
export const STEADY_RUN_MS = 60_000;

export type Restart =
  | { readonly type: 'restart'; readonly endsInARow: number; readonly delayMs: number }
  | { readonly type: 'give-up'; readonly endsInARow: number };

/**
 * What to do when a process has ended by itself.
 * @param endsInARow  of earlier ends, as returned for the last one; 0 at first
 * @param ranMs       how long it ran this time
 */
export const nextRestart = (endsInARow: number, ranMs: number): Restart => {
  const now = ranMs >= STEADY_RUN_MS ? 1 : endsInARow + 1;
  if (now >= MOST_ENDS_IN_A_ROW) return { type: 'give-up', endsInARow: now };
  return { type: 'restart', endsInARow: now, delayMs: Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (now - 1)) };
};

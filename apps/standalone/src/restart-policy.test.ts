import { expect, test } from 'vitest';
import { FIRST_DELAY_MS, LONGEST_DELAY_MS, MOST_ENDS_IN_A_ROW, nextRestart, STEADY_RUN_MS } from './restart-policy.ts';

test('pauses double up to their bound and then restarting is given up', () => {
  const pauses: number[] = [];
  let row = 0;
  for (;;) {
    const next = nextRestart(row, 0);
    row = next.endsInARow;
    if (next.type === 'give-up') break;
    pauses.push(next.delayMs);
  }
  expect(row).toBe(MOST_ENDS_IN_A_ROW);
  expect(pauses.slice(0, 3)).toEqual([FIRST_DELAY_MS, FIRST_DELAY_MS * 2, FIRST_DELAY_MS * 4]);
  expect(Math.max(...pauses)).toBe(LONGEST_DELAY_MS);
});

test('a steady run in between starts a new row', () => {
  expect(nextRestart(MOST_ENDS_IN_A_ROW - 1, STEADY_RUN_MS)).toEqual({
    type: 'restart',
    endsInARow: 1,
    delayMs: FIRST_DELAY_MS,
  });
});

/** What a process that is killed has to do. */
export const ORDERS: readonly string[] = Array.from({ length: 30 }, (_, index) => `o${index}`);
/** The order in the middle of which it is killed. */
export const KILLED_IN = 'o9';
/** How soon a lost job is noticed. */
export const LOST_AFTER_MS = 1_000;

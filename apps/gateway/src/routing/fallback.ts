import type { Strategy } from './strategy.ts';

/** One target after another until one is good enough: not on the list of statuses, or 2xx where there is no list. */
export const fallback: Strategy = function* (group, context) {
  for (const child of context.eligible(group)) {
    const { status, final } = yield child;
    const goOn = group.onStatusCodes?.includes(status) ?? (status < 200 || status > 299);
    if (final || !goOn) return;
  }
};

import type { JsonObject } from '@portolan/providers';
import type { Reply } from '../exchange.ts';
import type { Trial } from '../trial.ts';

/** A reply that the gateway makes itself, all at once. */
export const plainReply = (
  status: number,
  body: JsonObject,
  endedAtMs: number,
  trail: readonly Trial[] = [],
  error?: { readonly type: string; readonly message: string },
): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(body)),
  trail,
  finished: Promise.resolve({
    outcome: 'complete',
    usage: undefined,
    firstTokenAtMs: undefined,
    endedAtMs,
    body: undefined,
    finishReason: undefined,
    answeredModel: undefined,
    error,
  }),
});

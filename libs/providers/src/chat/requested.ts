import type { JsonObject } from '../spec/json.ts';
import type { CallContext } from '../spec/provider.ts';

/** The caller's body, for answers that repeat a part of it; empty where the context does not carry it. */
export const requestOf = (ctx: CallContext): JsonObject => ctx.request ?? {};

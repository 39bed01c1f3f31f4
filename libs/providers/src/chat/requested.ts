import type { JsonObject } from '../spec/json.ts';
import type { CallContext } from '../spec/provider.ts';

/**
 * The caller's body, where the context carries it: some answers repeat a part of the request
 * (the model's name, most of all) that the provider leaves out.
 */
export const requestOf = (ctx: CallContext): JsonObject => ctx.request ?? {};

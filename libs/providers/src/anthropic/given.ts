import { isAbsent } from '../params.ts';
import type { JsonObject } from '../spec/json.ts';

/** A body without the parameters that count as absent. */
export const given = (body: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => !isAbsent(value)));

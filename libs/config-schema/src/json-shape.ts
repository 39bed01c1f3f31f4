import * as z from 'zod';
import { isObject, type Json, type JsonObject } from './json.ts';

/** A JSON object whose inside is not this schema's business. */
export const jsonObject = z.custom<JsonObject>(isObject).meta({ type: 'object' });

/** Any JSON value. Input was copied as JSON before, so there is nothing left to check. */
export const anyJson = z.custom<Json>(() => true);

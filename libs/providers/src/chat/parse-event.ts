import { isObject, type JsonObject } from '../spec/json.ts';
import type { StreamItem } from '../spec/provider.ts';

/** The object in an event's data, or undefined when the data is anything else. */
export const parseEventObject = (data: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** What a decoder reports for an event it cannot read. */
export const malformedEvent = (data: string): StreamItem => ({
  type: 'error',
  status: 502,
  error: {
    message: `malformed event in the stream: ${data.slice(0, 500)}`,
    type: 'invalid_upstream_response',
    param: null,
    code: null,
  },
});

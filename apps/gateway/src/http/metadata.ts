const MAX_VALUE_CHARS = 128;
const MAX_KEYS = 128;

export type Metadata = Readonly<Record<string, string>>;

/**
 * A call's metadata, weakest first: W3C baggage, headers of the deployment's choice, the request's own, the API key's defaults.
 * The body's `user` fills `_user` where nobody else did. Text that is not a JSON object counts as none.
 */
export const mergeMetadata = (from: {
  /** Headers that the deployment wants in it, with their names. */
  headers?: readonly (readonly [string, string | string[] | undefined])[];
  baggage: string | undefined;
  request: string | undefined;
  apiKey: Metadata;
  user: unknown;
}): Metadata => {
  const merged: Record<string, string> = {};
  let keys = 0;
  const add = (key: string, value: string) => {
    if (!Object.hasOwn(merged, key)) keys += 1;
    // A caller may name a key `__proto__`: as an assignment it would be no key at all.
    if (keys <= MAX_KEYS && key !== '__proto__') merged[key] = value;
  };
  if (from.baggage !== undefined) for (const [key, value] of baggagePairs(from.baggage)) add(key, value);
  for (const [key, value] of from.headers ?? []) if (typeof value === 'string') add(key, asText(value));
  const requested = from.request === undefined ? undefined : parsedObject(from.request);
  if (requested !== undefined) {
    for (const [key, value] of Object.entries(requested)) if (value !== null) add(key, asText(value));
  }
  for (const key in from.apiKey) merged[key] = from.apiKey[key] ?? '';
  if (merged._user === undefined && typeof from.user === 'string' && from.user !== '') add('_user', asText(from.user));
  return merged;
};

const parsedObject = (json: string): object | undefined => {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

const asText = (value: unknown): string =>
  (typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)).slice(
    0,
    MAX_VALUE_CHARS,
  );

/** @source W3C Baggage: `key=value;property, key=value` */
const baggagePairs = (baggage: string): [string, string][] =>
  baggage.split(',').flatMap((member): [string, string][] => {
    const [pair = ''] = member.split(';');
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() === '') return [];
    try {
      return [
        [decodeURIComponent(pair.slice(0, equals).trim()), asText(decodeURIComponent(pair.slice(equals + 1).trim()))],
      ];
    } catch {
      return [];
    }
  });

/** The key of an `Authorization: Bearer` header, or undefined. */
export const bearerOf = (headers: Readonly<Record<string, string>>): string | undefined =>
  /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];

/** Whether a key is there and is the one expected, if one is. */
export const isAccepted = (key: string | undefined, expected: string | undefined): boolean =>
  key !== undefined && key !== '' && (expected === undefined || key === expected);

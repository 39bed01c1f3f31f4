import type { ZodType } from 'zod';

/** Payloads are ids and small values; whatever is bigger belongs into a store of its own. */
export const PAYLOAD_BYTES_MAX = 4_096;

/** A payload that cannot be stored, or was stored and cannot be understood. It never shows the payload itself. */
export class UnusablePayload extends Error {
  override readonly name = 'UnusablePayload';
}

const problemsOf = (issues: readonly { readonly path: readonly PropertyKey[]; readonly code?: string }[]): string =>
  issues.map(({ path, code }) => `${path.map(String).join('.') || 'payload'}: ${code ?? 'invalid'}`).join(', ');

/** @throws UnusablePayload */
export const decodePayload = <Payload>(job: string, schema: ZodType<Payload>, stored: unknown): Payload => {
  const result = schema.safeParse(stored);
  if (!result.success) {
    throw new UnusablePayload(
      `The payload of the job ${job} is not what it expects: ${problemsOf(result.error.issues)}.`,
    );
  }
  return result.data;
};

/**
 * The JSON form of a payload.
 * @throws UnusablePayload  when it breaks the schema, is too big, or does not survive JSON: a date, a secret, bytes
 */
export const encodePayload = <Payload>(job: string, schema: ZodType<Payload>, payload: Payload): unknown => {
  const valid = decodePayload(job, schema, payload);
  const json = JSON.stringify(valid) ?? 'null';
  const sizeBytes = Buffer.byteLength(json);
  if (sizeBytes > PAYLOAD_BYTES_MAX) {
    throw new UnusablePayload(
      `The payload of the job ${job} has ${sizeBytes} bytes; ${PAYLOAD_BYTES_MAX} are allowed.`,
    );
  }
  const stored: unknown = JSON.parse(json);
  decodePayload(job, schema, stored);
  return stored;
};

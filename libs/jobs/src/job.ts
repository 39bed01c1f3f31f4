import type { ZodType } from 'zod';
import { decodePayload, encodePayload } from './payload.ts';

/** How long to wait before a failed attempt is made again. */
export interface Backoff {
  /** `fixed` waits `delayMs` each time, `exponential` twice as long as the time before. */
  readonly kind: 'fixed' | 'exponential';
  readonly delayMs: number;
}

/** What a job knows while it runs. */
export interface JobContext {
  /** The id it was enqueued with. A job may run more than once with the same id: its effects must allow that. */
  readonly id: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborts at the deadline of the job, and when the process has to stop. */
  readonly signal: AbortSignal;
}

export interface JobDefinition<Payload> {
  /** Lower case letters, digits and dashes. It names the queue, so a job that is renamed leaves its queue behind. */
  readonly name: string;
  /** Ids and small values, never a secret: payloads are stored as plain text. */
  readonly schema: ZodType<Payload>;
  /** How often it is tried in all. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** Deadline of one attempt. */
  readonly timeoutMs: number;
  /** How many of this job run at once in one process. */
  readonly concurrency?: number;
  run(payload: Payload, context: JobContext): Promise<void>;
}

/** A job whose payload type nobody needs to know. */
export interface AnyJob {
  readonly name: string;
  readonly attempts: number;
  readonly backoff: Backoff;
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** @throws UnusablePayload  when the stored payload is not what this version of the program expects */
  perform(stored: unknown, context: JobContext): Promise<void>;
}

export interface Job<Payload> extends AnyJob {
  /** What is stored of a payload. @throws UnusablePayload */
  encode(payload: Payload): unknown;
}

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

const requirePositive = (job: string, field: string, value: number): void => {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${field} of the job ${job} must be at least 1.`);
};

/** Declares a job. @throws RangeError  when a name or a number is of no use */
export const defineJob = <Payload>(definition: JobDefinition<Payload>): Job<Payload> => {
  const { name, schema, attempts, backoff, timeoutMs, concurrency = 1 } = definition;
  if (!NAME.test(name))
    throw new RangeError(`The job name ${name} is not made of lower case letters, digits and dashes.`);
  for (const [field, value] of Object.entries({ attempts, timeoutMs, concurrency }))
    requirePositive(name, field, value);
  requirePositive(name, 'backoff.delayMs', backoff.delayMs);
  return {
    name,
    attempts,
    backoff,
    timeoutMs,
    concurrency,
    encode: (payload) => encodePayload(name, schema, payload),
    perform: async (stored, context) => definition.run(decodePayload(name, schema, stored), context),
  };
};

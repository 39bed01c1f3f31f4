import { CODES, type ErrorName } from './codes.ts';

export interface PlatformErrorDetail {
  /** A sentence for the caller: understandable on its own, nothing secret. */
  readonly public: string;
  /** Which parameter or header is meant. */
  readonly param?: string;
  /** One line per problem, where there are several. */
  readonly errors?: readonly string[];
  /** The header or field that broke a rule of the deployment. */
  readonly field?: string;
  /** Replaces the table's short code, e.g. `ECONNREFUSED`. */
  readonly code?: string;
  /** After how many seconds the same call may succeed; for `retry-after`. */
  readonly retryAfterS?: number;
  /** What really happened, for us. Never sent. */
  readonly cause?: unknown;
}

/** An error with a name from the table. Thrown anywhere, translated at the door only. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  readonly type: ErrorName;
  readonly param: string | null;
  readonly code: string | null;
  readonly errors: readonly string[] | undefined;
  readonly field: string | undefined;
  readonly retryAfterS: number | undefined;

  constructor(type: ErrorName, detail: PlatformErrorDetail) {
    super(detail.public, { cause: detail.cause });
    this.type = type;
    this.param = detail.param ?? null;
    this.code = detail.code ?? CODES[type].code;
    this.errors = detail.errors;
    this.field = detail.field;
    this.retryAfterS = detail.retryAfterS;
  }

  /** The HTTP status of this error. */
  get status(): number {
    return CODES[this.type].http;
  }
}

/** The conditions that callers act on, by PostgreSQL's own names and codes (appendix A of its manual). */
export const SQLSTATE = {
  cannot_connect: '08001',
  connection_does_not_exist: '08003',
  connection_failure: '08006',
  protocol_violation: '08P01',
  invalid_datetime_format: '22007',
  character_not_in_repertoire: '22021',
  untranslatable_character: '22P05',
  not_null_violation: '23502',
  foreign_key_violation: '23503',
  unique_violation: '23505',
  check_violation: '23514',
  active_sql_transaction: '25001',
  no_active_sql_transaction: '25P01',
  in_failed_sql_transaction: '25P02',
  idle_in_transaction_session_timeout: '25P03',
  serialization_failure: '40001',
  deadlock_detected: '40P01',
  syntax_error: '42601',
  too_many_connections: '53300',
  lock_not_available: '55P03',
  query_canceled: '57014',
  admin_shutdown: '57P01',
  internal_error: 'XX000',
} as const;

export type SqlCondition = keyof typeof SQLSTATE;

/** What is known of an error besides its code: names out of the schema, never a value of a row. */
export interface SqlErrorDetail {
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
}

/**
 * Whatever went wrong with a statement. It carries neither parameters nor credentials nor the driver's own error, which
 * does, so it may be logged. The text of a statement is never in it either.
 */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  /** SQLSTATE, five characters. */
  readonly code: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;

  constructor(code: string, message: string, detail: SqlErrorDetail = {}) {
    super(message);
    this.code = code;
    this.constraint = detail.constraint;
    this.table = detail.table;
    this.column = detail.column;
  }
}

const hasCode =
  (...codes: readonly SqlCondition[]) =>
  (error: unknown): error is SqlError =>
    error instanceof SqlError && codes.some((name) => SQLSTATE[name] === error.code);

export const isUniqueViolation = hasCode('unique_violation');
export const isForeignKeyViolation = hasCode('foreign_key_violation');
export const isNotNullViolation = hasCode('not_null_violation');
export const isCheckViolation = hasCode('check_violation');
/** A text has a character that no column can hold: U+0000. */
export const isUnstorableText = hasCode('character_not_in_repertoire', 'untranslatable_character');
/** The whole transaction may be run again: it lost to another one. */
export const isRetryable = hasCode('serialization_failure', 'deadlock_detected');
/** A deadline passed: the server ended the statement, or did not answer at all and may have done it all the same. */
export const isTimeout = hasCode('query_canceled', 'lock_not_available');

const UNAVAILABLE = /^(08(?!P01)|25P03|53|57P)/;
/** The database is away, closed, shutting down or full, or took its connection back; whether a write under way took effect is unknown. */
export const isUnavailable = (error: unknown): error is SqlError =>
  error instanceof SqlError && UNAVAILABLE.test(error.code);

const text = (error: object, field: string): string | undefined => {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const DATA_EXCEPTION = /^22/;

/** The server's sentence; where it quotes the value that it refused, the value is cut out. */
const messageOf = (code: string, message: string): string =>
  DATA_EXCEPTION.test(code) ? message.replace(/".*"/s, '"…"') : message;

/** True for an error with which the server answered a statement; everything else happened on the way. */
export const isServerError = (error: unknown): error is Error =>
  error instanceof Error && /^[0-9A-Z]{5}$/.test(text(error, 'code') ?? '') && text(error, 'severity') !== undefined;

/** An answer of the server as our error. */
export const fromServer = (error: Error): SqlError => {
  const code = text(error, 'code') ?? SQLSTATE.internal_error;
  return new SqlError(code, messageOf(code, error.message), {
    constraint: text(error, 'constraint'),
    table: text(error, 'table'),
    column: text(error, 'column'),
  });
};

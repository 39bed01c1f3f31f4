/** What a parameter may be. A JSON column takes the text of its document. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array | Date;

/**
 * One row by column name, as every driver gives it: text as string; integers up to 32 bits and floats as number; `bigint`
 * columns (and `count(*)`) as bigint; `numeric` as string, because a number would round it; `bytea` as Uint8Array;
 * `timestamptz` as Date, to the millisecond; `json` and `jsonb` parsed; SQL's NULL as null.
 */
export type Row = Readonly<Record<string, unknown>>;

export interface Sql {
  /**
   * Runs one statement with `$1`, `$2` … as parameters.
   * @throws SqlError  with the stable `code` of what went wrong
   */
  query(text: string, params?: readonly SqlValue[]): Promise<readonly Row[]>;

  /**
   * Runs all of `work` or nothing of it: what it throws rolls back and is thrown on. Inside, only the given `tx` belongs to
   * the transaction; a call of `tx.transaction` joins it by a savepoint, so its failure undoes that part only.
   * @throws SqlError  also when a transaction that lost a race must be tried again; see `isRetryable`
   */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
}

/** An open database; whoever opened it closes it. */
export interface Database extends Sql {
  /** Lets running work end and gives the connections back. Later calls fail with `closed`; a second close does nothing. */
  close(): Promise<void>;
}

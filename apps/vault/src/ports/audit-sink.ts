/** A place that audit lines are kept in. */
export interface AuditSink {
  /** For metrics and logs. */
  readonly name: string;
  /**
   * Resolves when all lines are durable, in this order; rejects when that is not certain.
   * @param lines each a JSON object without a line break
   */
  write(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

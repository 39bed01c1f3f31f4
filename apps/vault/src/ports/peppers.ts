/** A pepper as stored: sealed under the vault's own key. */
export interface StoredPepper {
  readonly id: string;
  readonly sealed: string;
}

export interface Peppers {
  /** The newest two, newest first. */
  newest(): Promise<readonly StoredPepper[]>;
  /**
   * Makes a pepper the newest, unless the newest is not `after` any more.
   * @param after  undefined when there must be none yet
   * @returns whether it was written
   */
  add(pepper: StoredPepper, after: string | undefined): Promise<boolean>;
}

/** A change to a credential with its place in the order of all changes. */
export interface NumberedChange {
  readonly revision: number;
  readonly credentialId: string;
  readonly organizationId: string;
  readonly generation: number;
  readonly status: 'active' | 'revoked';
}

/** Where the changes stand. */
export interface ChangesHead {
  /** Which database it is; a revision of another epoch means nothing. */
  readonly epoch: string;
  /** The newest change. */
  readonly revision: number;
}

/** The order of all changes to credentials, in which they were committed. */
export interface Changes {
  /** The head, and at most `limit` changes after a revision, of one moment. */
  after(revision: number, limit: number): Promise<{ head: ChangesHead; changes: readonly NumberedChange[] }>;
  /** The lowest revision after which no change has been pruned. */
  completeAfter(): Promise<number>;
  /** Forgets all but the newest changes. @returns how many were forgotten */
  prune(keep: number): Promise<number>;
}

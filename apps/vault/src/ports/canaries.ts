/** A record of an organization that holds nothing but a known text. */
export interface Canary {
  readonly organizationId: string;
  /** Undefined until one was made. */
  readonly sealed: string | undefined;
}

/** What the last self-test found. */
export interface SelfTestSummary {
  /** Organizations whose canary did not open; at most as many as were asked for. */
  readonly unreadable: readonly string[];
  /** All of them. */
  readonly unreadableCount: number;
  /** When the self-test of any organization ran last, Unix milliseconds. */
  readonly testedAtMs: number | undefined;
}

export interface Canaries {
  /** The organizations that have a key, in the order of their ids. */
  list(afterOrganizationId: string, limit: number): Promise<readonly Canary[]>;
  /** Those whose last test is longest ago, never tested ones first. */
  stalest(limit: number): Promise<readonly Canary[]>;
  find(organizationId: string): Promise<Canary | undefined>;
  /** Keeps the outcome of a test, and the record. */
  keep(result: {
    readonly organizationId: string;
    /** Undefined when none could be made. */
    readonly sealed: string | undefined;
    readonly isReadable: boolean;
    readonly testedAtMs: number;
  }): Promise<void>;
  summary(unreadableMax: number): Promise<SelfTestSummary>;
}

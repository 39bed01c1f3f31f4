/** What a key of the platform's own services is for. */
export type ServiceKeyPurpose = 'pepper' | 'sealing';

export interface ServiceKeyRules {
  /** How ids of such keys begin. */
  readonly prefix: string;
  /** How many of the newest are given out. */
  readonly given: number;
  /**
   * How many there may be, or null for no bound. Where every key has to be given out, as some text may still be sealed under it,
   * there may be no more than are given.
   */
  readonly max: number | null;
}

/**
 * A pepper is needed for as long as digests are rewritten, which is done before the next rotation. What is sealed has to open for
 * ever, that of old backups too.
 */
export const SERVICE_KEYS: Readonly<Record<ServiceKeyPurpose, ServiceKeyRules>> = {
  pepper: { prefix: 'pp', given: 2, max: null },
  sealing: { prefix: 'sl', given: 100, max: 100 },
};

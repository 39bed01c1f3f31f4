import type { ServiceKeyPurpose } from '../domain/service-key.ts';

/** A key as stored: sealed under the vault's own key. */
export interface StoredServiceKey {
  readonly id: string;
  readonly sealed: string;
}

export interface ServiceKeys {
  /** The newest of a purpose, newest first. @param max how many at most */
  newest(purpose: ServiceKeyPurpose, max: number): Promise<readonly StoredServiceKey[]>;
  /**
   * Makes a key the newest of its purpose, unless the newest is not `after` any more.
   * @param after  undefined when there must be none yet
   * @returns whether it was written
   */
  add(purpose: ServiceKeyPurpose, key: StoredServiceKey, after: string | undefined): Promise<boolean>;
}

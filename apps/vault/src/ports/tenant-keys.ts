/** One version of an organisation's key, as stored. */
export interface TenantKeyVersion {
  readonly organizationId: string;
  readonly id: string;
  readonly version: number;
  /** `w1.<root key id>.<wrapped>`. */
  readonly wrapped: string;
  /** How many records it has sealed, at most. */
  readonly uses: number;
  /** The version that seals now. */
  readonly currentVersion: number;
  /** Lower versions are retired and open nothing any more. */
  readonly minVersion: number;
}

/** Where a listing of key versions goes on. */
export interface TenantKeyCursor {
  readonly id: string;
  readonly version: number;
}

/** The organisations' keys, wrapped by the root key. */
export interface TenantKeys {
  /**
   * The version that seals now, with its use counter already raised by `uses`: counted before the key is used, so that a
   * crash counts too much and never too little. Undefined for an organisation without a key.
   */
  take(organizationId: string, uses: number): Promise<TenantKeyVersion | undefined>;
  find(id: string, version: number): Promise<TenantKeyVersion | undefined>;
  /** Version 1 of a new key, unless the organisation has a key already; then nothing is written. */
  create(key: { readonly organizationId: string; readonly id: string; readonly wrapped: string }): Promise<void>;
  /** Makes `version` the one that seals. False, and nothing written, unless it follows the current version. */
  add(key: { readonly id: string; readonly version: number; readonly wrapped: string }): Promise<boolean>;
  /** Versions that another root key than this one wraps, in the order of id and version. */
  wrappedByOthers(
    rootKeyId: string,
    after: TenantKeyCursor | undefined,
    limit: number,
  ): Promise<readonly TenantKeyVersion[]>;
  /** Exchanges the wrapping. False, and nothing written, when it is not `from` any more. */
  rewrap(change: {
    readonly id: string;
    readonly version: number;
    readonly from: string;
    readonly to: string;
  }): Promise<boolean>;
  /** One version for each root key that wraps anything. */
  oneOfEachRoot(): Promise<readonly TenantKeyVersion[]>;
}

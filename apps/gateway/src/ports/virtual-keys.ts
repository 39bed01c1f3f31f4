/** A name for a provider credential, with the rules for using it. */
export interface VirtualKey {
  readonly id: string;
  readonly slug: string;
  readonly provider: string;
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly credentialId: string;
  readonly status: 'active' | 'exhausted' | 'expired';
  /** Unix milliseconds from which on it does not work; undefined for never. */
  readonly expiresAtMs: number | undefined;
  /** The models it may be used for, each with the host its calls go to instead of the provider's own; undefined for all. */
  readonly models: ReadonlyMap<string, string | undefined> | undefined;
  /** Models it may not be used for, although it may be for others. */
  readonly deniedModels: ReadonlySet<string>;
}

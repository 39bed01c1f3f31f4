import type { Peppers } from '@portolan/api-key';
import type { SealingKey } from '@portolan/sealing';
import type { JsonObject } from '../domain/json.ts';

/** What the vault tells of a credential: nothing secret. */
export interface VaultCredential {
  readonly id: string;
  readonly provider: string;
  /** Settings that are no secrets, by their snake_case names. */
  readonly settings: JsonObject;
  /** Field to masked form, for each stored secret. */
  readonly masked: Readonly<Record<string, string>>;
  readonly generation: number;
  readonly revoked: boolean;
}

/** Which credential, and who asks: the vault keeps an audit of its own. */
export interface CredentialRef {
  readonly organizationId: string;
  readonly id: string;
  /** `user:<id>`, `api_key:<id>` or `job:<name>`. */
  readonly actor: string;
}

/** The first seals, all of them open. */
export type SealingKeys = readonly [SealingKey, ...SealingKey[]];

/** The keeper of credentials. Every call has a deadline; its errors are platform errors that callers may see. */
export interface Vault {
  /** Idempotent: the same id with the same content stores once. @throws PlatformError `invalid_request_error` naming the fields */
  create(
    ref: CredentialRef & {
      /** Null: for all workspaces of the organization. */
      readonly workspaceId: string | null;
      readonly provider: string;
      /** Settings and secrets as the caller typed them. */
      readonly settings: JsonObject;
    },
  ): Promise<VaultCredential>;
  /** Null clears a setting, one that is not named stays; a secret that is named is replaced at once. */
  update(ref: CredentialRef & { readonly settings: JsonObject }): Promise<VaultCredential>;
  /** The old secrets keep working for the overlap. */
  rotate(ref: CredentialRef & { readonly settings: JsonObject; readonly overlapMs?: number }): Promise<VaultCredential>;
  revoke(ref: CredentialRef): Promise<void>;
  /** In the order of ids, for comparing with what uses them. */
  list(after: string | undefined): Promise<{
    readonly credentials: readonly (VaultCredential & {
      readonly organizationId: string;
      readonly createdAtMs: number;
    })[];
    readonly hasMore: boolean;
  }>;
  /**
   * Under what API keys are digested. Answered from memory once asked.
   * @param knownAs  the id of a pepper that has been seen in use: when it is not among those held, they are asked for anew
   */
  peppers(knownAs?: string): Promise<Peppers>;
  /**
   * Under what secrets in our own database are sealed. Answered from memory once asked, also while the vault is gone.
   * @param knownAs  the id of a key that has been seen in use: when it is not among those held, they are asked for anew
   */
  sealingKeys(knownAs?: string): Promise<SealingKeys>;
}

import { joinParts } from '@portolan/sealing';

/** The place a secret belongs to. It is authenticated with the ciphertext, so a sealed secret opens at its own place only. */
export interface Place {
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly credentialId: string;
  /** The name of the field, e.g. `key` or `aws_secret_access_key`. */
  readonly field: string;
  readonly credentialVersion: number;
}

/** What a record is bound to: its place and the version of the tenant key that seals it. */
export const associatedData = (place: Place, keyVersion: number): Buffer =>
  joinParts([
    place.organizationId,
    place.workspaceId,
    place.credentialId,
    place.field,
    place.credentialVersion,
    keyVersion,
  ]);

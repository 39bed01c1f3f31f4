import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import type { Deps } from '../deps.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Call } from '../http/call.ts';
import { withSlug } from '../store/chosen-slug.ts';
import { insertIntegration } from '../store/integrations.ts';
import { endCredential, namingSettings, vaultActor } from './credentials.ts';

export interface WantedIntegration {
  readonly organizationId: string;
  /** Null: it belongs to the organization. */
  readonly workspaceId: string | null;
  readonly name: string;
  readonly slug: string | null | undefined;
  readonly description: string | null;
  readonly provider: string;
  /** As the vault names them, secrets among them. */
  readonly settings: JsonObject;
  /** Of the paths of settings in the body, such as `configurations.` */
  readonly settingsPrefix: string;
  readonly pricingAdjustments: JsonObject | null;
  readonly tags: JsonObject | null;
  readonly secretMappings: readonly JsonObject[];
}

/** A credential that lies in a store of the customer only cannot be used yet. */
const assertServed = ({ settings, secretMappings }: WantedIntegration): void => {
  const hasValues = Object.values(settings).some((value) => value !== null && value !== undefined && value !== '');
  if (secretMappings.length > 0 && !hasValues) {
    throw new PlatformError('invalid_request_error', {
      public: 'secret_mappings: secrets from other stores are not served yet; give the key itself',
      param: 'secret_mappings',
    });
  }
};

/**
 * Puts a credential into the vault and an integration beside it. When the vault does not take it, nothing is written; when the
 * database does not, or what follows fails, the credential ends again: a request that is refused leaves nothing in the vault.
 * @param next  what else is written with it
 * @throws PlatformError  of the vault, which names settings that are wrong; 409 for a slug that is taken
 */
export const createIntegration = async <Result>(
  tx: Sql,
  call: Call,
  wanted: WantedIntegration,
  deps: Deps,
  next: (made: { readonly id: string; readonly slug: string }) => Promise<Result>,
): Promise<Result> => {
  const { vault, newId } = deps;
  assertServed(wanted);
  const id = newId();
  const { organizationId, workspaceId, provider, settings } = wanted;
  const actor = vaultActor(call.actor);
  const credentialId = newId();
  const credential = await namingSettings(wanted.settingsPrefix, () =>
    vault.create({ id: credentialId, organizationId, workspaceId, provider, settings, actor }),
  );
  try {
    const slug = await withSlug(tx, 'integration', wanted, deps, (inner, made) =>
      insertIntegration(inner, { ...wanted, id, slug: made, credential, by: call.actor.id }),
    );
    return await next({ id, slug });
  } catch (error) {
    await endCredential(deps, call, { organizationId, id: credentialId });
    throw error;
  }
};

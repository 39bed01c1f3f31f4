import type { Sql } from '@portolan/sql';
import { notFound } from '../access/authorize.ts';
import type { Deps } from '../deps.ts';
import { redirections } from '../domain/credential-settings.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Call } from '../http/call.ts';
import { refuseInput } from '../http/input.ts';
import {
  findIntegration,
  type IntegrationRow,
  type IntegrationState,
  keepCredentialCopy,
  updateIntegration,
} from '../store/integrations.ts';
import { changeCredential, namingSettings } from './credentials.ts';

/** What is to change; what is undefined stays. */
export interface IntegrationChange extends Partial<Omit<IntegrationState, 'secretMappings'>> {
  /** Settings of the credential, as the vault names them; null clears one. */
  readonly settings: JsonObject;
  /** Of the paths of settings in the body, such as `configurations.` */
  readonly settingsPrefix: string;
  /** How long the secrets that it had work on. */
  readonly overlapMs: number | undefined;
  readonly secretMappings?: readonly JsonObject[] | null | undefined;
}

/** Changes an integration and its credential. @returns it as it was. @throws PlatformError of the vault, 404 */
export const changeIntegration = async (
  tx: Sql,
  call: Call,
  integrationId: string,
  change: IntegrationChange,
  deps: Pick<Deps, 'vault'>,
): Promise<IntegrationRow> => {
  const organizationId = call.principal.organisationId;
  const before = await findIntegration(tx, organizationId, integrationId, 'lock');
  if (before === undefined) throw notFound('integration');
  const redirected = redirections(before, change.settings);
  if (redirected.length > 0) {
    refuseInput(
      redirected.map((name) => ({
        path: `${change.settingsPrefix}${name}`,
        message: 'says where secrets are sent: give the key and all other secrets anew with it',
      })),
    );
  }
  await updateIntegration(tx, before.id, {
    name: change.name ?? before.name,
    description: change.description === undefined ? before.description : change.description,
    pricingAdjustments:
      change.pricingAdjustments === undefined ? before.pricing_adjustments : change.pricingAdjustments,
    tags: change.tags === undefined ? before.tags : change.tags,
    secretMappings: change.secretMappings === undefined ? before.secret_mappings : (change.secretMappings ?? []),
  });
  const credential = { organizationId, id: before.credential_id, provider: before.provider };
  const told = await namingSettings(change.settingsPrefix, () =>
    changeCredential(deps, call, credential, change.settings, change.overlapMs),
  );
  if (told !== undefined) await keepCredentialCopy(tx, before.credential_id, told);
  return before;
};

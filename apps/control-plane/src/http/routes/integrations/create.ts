import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { authorize, targetWorkspace } from '../../../access/authorize.ts';
import { createIntegration } from '../../../change/create-integration.ts';
import { makeDefaultHandle } from '../../../change/default-handle.ts';
import { readSettings } from '../../../domain/credential-settings.ts';
import { chosenSlugField } from '../../../domain/handle-slug.ts';
import { providerField } from '../../../domain/provider-name.ts';
import type { Call } from '../../call.ts';
import { flagField, nameField, refField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { AUDITED, CONFIGURATIONS, integrationFields } from './fields.ts';
import { integrationScopes } from './find.ts';

const input = z.object({
  ...integrationFields,
  name: nameField(),
  ai_provider_id: providerField(),
  slug: chosenSlugField().nullish(),
  workspace_id: refField().nullish(),
  create_default_provider: flagField().nullish(),
  default_provider_slug: chosenSlugField().nullish(),
});

/** The workspace that an integration is made for; null for the organization, which only those can mean who reach all of it. */
const placeOf = async (sql: Sql, call: Call, given: string | null | undefined): Promise<string | null> => {
  const { principal } = call;
  const isOfAll =
    principal.kind === 'organisation-service' ||
    (principal.kind === 'person' && principal.user.organisationRole !== 'member');
  if (isOfAll && given == null) {
    await authorize(sql, call, ['organisation_integrations.create'], { workspaceId: null, named: 'workspace' });
    return null;
  }
  return (await targetWorkspace(sql, call, ['workspace_integrations.create'], given)).workspace.id;
};

export const postIntegration = write({
  method: 'POST',
  path: '/integrations',
  scopes: integrationScopes('create'),
  audit: { resource: 'integrations', action: 'create', keeps: AUDITED },
  async write(call, tx, deps) {
    const given = readInput(call, input);
    const organizationId = call.principal.organisationId;
    const workspaceId = await placeOf(tx, call, given.workspace_id);
    const read = readSettings(
      given.ai_provider_id,
      { ...given.configurations, ...(given.key == null ? {} : { key: given.key }) },
      { trust: deps.settings.trust, prefix: CONFIGURATIONS },
    );
    if (read.settings === undefined) return refuseInput(read.problems);
    return createIntegration(
      tx,
      call,
      {
        organizationId,
        workspaceId,
        name: given.name,
        slug: given.slug,
        description: given.description ?? null,
        provider: given.ai_provider_id,
        settings: read.settings,
        settingsPrefix: CONFIGURATIONS,
        pricingAdjustments: given.pricing_adjustments ?? null,
        tags: given.tags ?? null,
        secretMappings: given.secret_mappings ?? [],
      },
      deps,
      async ({ id, slug }) => {
        const integration = { id, slug, name: given.name };
        const wantsHandle = workspaceId !== null && given.create_default_provider !== false;
        const handle = { organizationId, integration, slug: given.default_provider_slug, by: call.actor.id };
        const changed = wantsHandle ? [await makeDefaultHandle(tx, { ...handle, workspaceId }, deps)] : [];
        return {
          body: { id, slug, object: 'integration' },
          changed,
          subject: { id, workspaceId, after: { name: given.name, slug, ai_provider_id: given.ai_provider_id } },
        };
      },
    );
  },
});

import * as z from 'zod';
import { targetWorkspace } from '../../../access/authorize.ts';
import { createIntegration } from '../../../change/create-integration.ts';
import { readSettings } from '../../../domain/credential-settings.ts';
import { chosenSlugField } from '../../../domain/handle-slug.ts';
import { providerField } from '../../../domain/provider-name.ts';
import { secretMappingsField } from '../../../domain/secret-mappings.ts';
import { withSlug } from '../../../store/chosen-slug.ts';
import { insertVirtualKey } from '../../../store/virtual-keys.ts';
import { nameField, refField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { AUDITED, splitFlatBody } from './body.ts';
import { handleFields, rateColumn, usageColumn } from './limits.ts';

const input = z.object({
  ...handleFields,
  name: nameField(),
  provider: providerField(),
  slug: chosenSlugField().nullish(),
  workspace_id: refField().nullish(),
  secret_mappings: secretMappingsField(),
});

/** A credential and the handle that requests name it by, in one. */
export const createVirtualKey = write({
  method: 'POST',
  path: '/virtual-keys',
  scopes: ['virtual_keys.create'],
  audit: { resource: 'virtual_keys', action: 'create', keeps: AUDITED },
  async write(call, tx, deps) {
    const flat = splitFlatBody(call, Object.keys(input.shape));
    const given = readInput({ ...call, body: flat.body }, input);
    const { workspace } = await targetWorkspace(tx, call, ['virtual_keys.create'], given.workspace_id);
    const read = readSettings(given.provider, flat.settings, deps.settings);
    if (read.settings === undefined) return refuseInput(read.problems);
    const owner = { organizationId: workspace.organization_id, workspaceId: workspace.id };
    return createIntegration(
      tx,
      call,
      {
        ...owner,
        name: given.name,
        slug: null,
        description: given.note ?? null,
        provider: given.provider,
        settings: read.settings,
        settingsPrefix: '',
        pricingAdjustments: null,
        tags: null,
        secretMappings: given.secret_mappings ?? [],
      },
      deps,
      async (integration) => {
        const id = deps.newId();
        const slug = await withSlug(tx, 'virtual-key', given, deps, (inner, made) =>
          insertVirtualKey(inner, {
            ...owner,
            id,
            integrationId: integration.id,
            slug: made,
            name: given.name,
            note: given.note ?? null,
            usageLimits: usageColumn(given.usage_limits),
            rateLimits: rateColumn(given.rate_limits),
            expiresAt: given.expires_at ?? null,
            ownsIntegration: true,
            by: call.actor.id,
          }),
        );
        return {
          body: { id, slug, object: 'virtual-key' },
          changed: [{ kind: 'virtual_key', id }],
          subject: { id, workspaceId: workspace.id, after: { name: given.name, slug, provider: given.provider } },
        };
      },
    );
  },
});

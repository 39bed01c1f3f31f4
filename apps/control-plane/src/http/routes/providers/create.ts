import * as z from 'zod';
import { targetWorkspace } from '../../../access/authorize.ts';
import { chosenSlugField } from '../../../domain/handle-slug.ts';
import { withSlug } from '../../../store/chosen-slug.ts';
import { workspaceHasIntegration } from '../../../store/integration-workspaces.ts';
import { findIntegration } from '../../../store/integrations.ts';
import { insertVirtualKey } from '../../../store/virtual-keys.ts';
import { nameField, refField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { handleFields, rateColumn, usageColumn } from '../virtual-keys/limits.ts';

const input = z.object({
  ...handleFields,
  name: nameField(),
  integration_id: refField(),
  slug: chosenSlugField().nullish(),
  workspace_id: refField().nullish(),
});

/** Another handle on an integration that the workspace has. */
export const postProvider = write({
  method: 'POST',
  path: '/providers',
  scopes: ['providers.create'],
  audit: { resource: 'providers', action: 'create' },
  async write(call, tx, deps) {
    const given = readInput(call, input);
    const { workspace } = await targetWorkspace(tx, call, ['providers.create'], given.workspace_id);
    const integration = await findIntegration(tx, workspace.organization_id, given.integration_id);
    if (integration === undefined || !(await workspaceHasIntegration(tx, integration.id, workspace.id))) {
      return refuseInput([{ path: 'integration_id', message: 'The workspace has no such integration.' }]);
    }
    const id = deps.newId();
    const slug = await withSlug(tx, 'provider', given, deps, (inner, made) =>
      insertVirtualKey(inner, {
        id,
        organizationId: workspace.organization_id,
        workspaceId: workspace.id,
        integrationId: integration.id,
        slug: made,
        name: given.name,
        note: given.note ?? null,
        usageLimits: usageColumn(given.usage_limits),
        rateLimits: rateColumn(given.rate_limits),
        expiresAt: given.expires_at ?? null,
        ownsIntegration: false,
        by: call.actor.id,
      }),
    );
    return {
      body: { id, slug, object: 'provider' },
      changed: [{ kind: 'virtual_key', id }],
      subject: {
        id,
        workspaceId: workspace.id,
        after: { name: given.name, slug, integration_id: integration.id },
      },
    };
  },
});

import { isObject } from '../../../domain/json.ts';
import { setIntegrationModels } from '../../../store/integrations.ts';
import { touchVirtualKeys } from '../../../store/virtual-keys.ts';
import type { Call } from '../../call.ts';
import { refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { integrationOfPath, integrationScopes } from './find.ts';

const slugOf = (value: unknown): unknown => (isObject(value) ? value.slug : value);

/** Slugs from the query, separated by commas, and from the body, as texts or as models. */
const slugsOf = ({ query, body }: Call): readonly string[] => {
  const listed = [body.models, body.slugs].flatMap((list) => (Array.isArray(list) ? list : []));
  return [...(query.slugs ?? '').split(','), ...listed.map(slugOf)].flatMap((slug) =>
    typeof slug === 'string' && slug.trim() !== '' ? [slug.trim()] : [],
  );
};

/** Takes models off the list of an integration. */
export const deleteIntegrationModels = write({
  method: 'DELETE',
  path: '/integrations/:slug/models',
  aliases: ['/integrations/:slug/integration-models'],
  scopes: integrationScopes('update'),
  audit: { resource: 'integrations', action: 'update' },
  async write(call, tx) {
    const integration = await integrationOfPath(tx, call, 'update', 'lock');
    const slugs = new Set(slugsOf(call));
    if (slugs.size === 0) return refuseInput([{ path: 'slugs', message: 'is required: which models?' }]);
    const left = integration.models.filter(({ slug }) => !slugs.has(slug));
    await setIntegrationModels(tx, integration.id, left, integration.allow_all_models);
    return {
      body: {},
      changed: await touchVirtualKeys(tx, integration.id),
      subject: {
        id: integration.id,
        workspaceId: integration.workspace_id,
        before: { models: integration.models },
        after: { models: left },
      },
    };
  },
});

import type { JsonObject } from '../../../domain/json.ts';
import type { StoredModel } from '../../../store/integrations.ts';
import { read } from '../../route.ts';
import { integrationOfPath, integrationScopes } from './find.ts';

const modelView = (model: StoredModel): JsonObject => ({ name: model.slug, ...model });

export const getIntegrationModels = read({
  method: 'GET',
  path: '/integrations/:slug/models',
  aliases: ['/integrations/:slug/integration-models'],
  scopes: integrationScopes('read'),
  async read(call, sql) {
    const { models, allow_all_models } = await integrationOfPath(sql, call, 'read');
    return { object: 'list', total: models.length, models: models.map(modelView), allow_all_models };
  },
});

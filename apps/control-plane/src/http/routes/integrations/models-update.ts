import * as z from 'zod';
import { setIntegrationModels } from '../../../store/integrations.ts';
import { touchVirtualKeys } from '../../../store/virtual-keys.ts';
import { flagField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { integrationOfPath, integrationScopes } from './find.ts';
import { mergeModels, modelHostProblems, modelsField } from './model-fields.ts';

const STORED_MAX = 5_000;

const input = z.object({ models: modelsField(), allow_all_models: flagField().nullish() });

/** Models that requests may name. Those that are not named here stay as they are. */
export const putIntegrationModels = write({
  method: 'PUT',
  path: '/integrations/:slug/models',
  aliases: ['/integrations/:slug/integration-models'],
  scopes: integrationScopes('update'),
  audit: { resource: 'integrations', action: 'update' },
  async write(call, tx, { settings }) {
    const given = readInput(call, input);
    const before = await integrationOfPath(tx, call, 'update', 'lock');
    const problems = modelHostProblems(given.models ?? [], settings.trust);
    if (problems.length > 0) return refuseInput(problems);
    const models = mergeModels(before.models, given.models ?? []);
    if (models.length > STORED_MAX) {
      return refuseInput([{ path: 'models', message: `an integration has at most ${STORED_MAX} models` }]);
    }
    const allowAll = given.allow_all_models ?? before.allow_all_models;
    await setIntegrationModels(tx, before.id, models, allowAll);
    return {
      body: {},
      changed: await touchVirtualKeys(tx, before.id),
      subject: {
        id: before.id,
        workspaceId: before.workspace_id,
        before: { models: before.models, allow_all_models: before.allow_all_models },
        after: { models, allow_all_models: allowAll },
      },
    };
  },
});

import * as z from 'zod';
import { changeIntegration } from '../../../change/change-integration.ts';
import { readSettings } from '../../../domain/credential-settings.ts';
import { providerField } from '../../../domain/provider-name.ts';
import { touchVirtualKeys } from '../../../store/virtual-keys.ts';
import { nameField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { transitionField } from '../virtual-keys/transition.ts';
import { AUDITED, CONFIGURATIONS, integrationFields } from './fields.ts';
import { integrationOfPath, integrationScopes } from './find.ts';
import { integrationForAudit } from './view.ts';

const input = z.object({
  ...integrationFields,
  name: nameField().optional(),
  ai_provider_id: providerField().optional(),
  key_transition_period_ms: transitionField(),
});

export const putIntegration = write({
  method: 'PUT',
  path: '/integrations/:slug',
  scopes: integrationScopes('update'),
  audit: { resource: 'integrations', action: 'update', keeps: AUDITED },
  async write(call, tx, deps) {
    const given = readInput(call, input);
    const before = await integrationOfPath(tx, call, 'update', 'lock');
    if (given.ai_provider_id !== undefined && given.ai_provider_id !== before.provider) {
      return refuseInput([{ path: 'ai_provider_id', message: 'cannot be changed: make another integration' }]);
    }
    const read = readSettings(
      before.provider,
      { ...given.configurations, ...(given.key === undefined ? {} : { key: given.key }) },
      { trust: deps.settings.trust, prefix: CONFIGURATIONS },
    );
    if (read.settings === undefined) return refuseInput(read.problems);
    await changeIntegration(
      tx,
      call,
      before.id,
      {
        settings: read.settings,
        settingsPrefix: CONFIGURATIONS,
        overlapMs: given.key_transition_period_ms ?? undefined,
        secretMappings: given.secret_mappings,
        ...(given.name === undefined ? {} : { name: given.name }),
        ...(given.description === undefined ? {} : { description: given.description }),
        ...(given.pricing_adjustments === undefined ? {} : { pricingAdjustments: given.pricing_adjustments }),
        ...(given.tags === undefined ? {} : { tags: given.tags }),
      },
      deps,
    );
    const after = await integrationOfPath(tx, call, 'update');
    return {
      body: {},
      changed: await touchVirtualKeys(tx, before.id),
      subject: {
        id: before.id,
        workspaceId: before.workspace_id,
        before: integrationForAudit(before),
        after: integrationForAudit(after),
      },
    };
  },
});

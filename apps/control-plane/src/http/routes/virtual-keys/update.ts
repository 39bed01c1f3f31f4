import { PlatformError } from '@portolan/service-kit';
import * as z from 'zod';
import { changeIntegration } from '../../../change/change-integration.ts';
import { readSettings } from '../../../domain/credential-settings.ts';
import { providerField } from '../../../domain/provider-name.ts';
import { secretMappingsField } from '../../../domain/secret-mappings.ts';
import { touchVirtualKeys, updateVirtualKey, type VirtualKeyRow } from '../../../store/virtual-keys.ts';
import { nameField, refField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { AUDITED, splitFlatBody } from './body.ts';
import { handleOfPath } from './find.ts';
import { handleChangeFields, nextHandle } from './limits.ts';
import { transitionField } from './transition.ts';
import { virtualKeyForAudit } from './view.ts';

const input = z.object({
  ...handleChangeFields,
  name: nameField().optional(),
  provider: providerField().optional(),
  workspace_id: refField().nullish(),
  secret_mappings: secretMappingsField(),
  key_transition_period_ms: transitionField(),
});

/** A virtual key changes what it stands for only when that is its own: an integration has its own door. */
const assertOwner = ({ owns_integration }: VirtualKeyRow): void => {
  if (owns_integration) return;
  throw new PlatformError('conflict', {
    public: 'The credential belongs to an integration: change it there.',
    param: 'key',
  });
};

export const putVirtualKey = write({
  method: 'PUT',
  path: '/virtual-keys/:slug',
  scopes: ['virtual_keys.update'],
  audit: { resource: 'virtual_keys', action: 'update', keeps: AUDITED },
  async write(call, tx, deps) {
    const flat = splitFlatBody(call, Object.keys(input.shape));
    const given = readInput({ ...call, body: flat.body }, input);
    const before = await handleOfPath(tx, call, { scope: 'virtual_keys.update', what: 'virtual key', lock: 'lock' });
    if (given.provider !== undefined && given.provider !== before.provider) {
      return refuseInput([{ path: 'provider', message: 'cannot be changed: make another virtual key' }]);
    }
    const read = readSettings(before.provider, flat.settings, deps.settings);
    if (read.settings === undefined) return refuseInput(read.problems);
    const hasChange =
      Object.keys(read.settings).length > 0 ||
      given.secret_mappings !== undefined ||
      given.key_transition_period_ms != null;
    if (hasChange) {
      assertOwner(before);
      await changeIntegration(
        tx,
        call,
        before.integration_id,
        {
          settings: read.settings,
          settingsPrefix: '',
          overlapMs: given.key_transition_period_ms ?? undefined,
          secretMappings: given.secret_mappings,
        },
        deps,
      );
    }
    await updateVirtualKey(tx, before.id, nextHandle(given, before, call.nowMs));
    const others = hasChange ? await touchVirtualKeys(tx, before.integration_id) : [];
    const after = await handleOfPath(tx, call, { scope: 'virtual_keys.update', what: 'virtual key' });
    return {
      body: { id: before.id, slug: before.slug, object: 'virtual-key' },
      changed: [{ kind: 'virtual_key', id: before.id }, ...others.filter(({ id }) => id !== before.id)],
      subject: {
        id: before.id,
        workspaceId: before.workspace_id,
        before: virtualKeyForAudit(before, call.nowMs),
        after: virtualKeyForAudit(after, call.nowMs),
      },
    };
  },
});

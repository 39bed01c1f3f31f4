import * as z from 'zod';
import { checkedConfig, configField } from '../../../domain/config-body.ts';
import { addConfigVersion, clearDefaultConfig, updateConfig } from '../../../store/configs.ts';
import { flagField, nameField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { configOfPath } from './find.ts';

const input = z.object({
  name: nameField().optional(),
  config: configField().optional(),
  is_default: flagField().optional(),
  status: z.enum(['active'], { error: 'must be "active"; DELETE removes a config' }).optional(),
});

/** A changed config becomes a new version, and the active one; versions themselves never change. */
export const putConfig = write({
  method: 'PUT',
  path: '/configs/:slug',
  scopes: ['configs.update'],
  audit: { resource: 'configs', action: 'update' },
  async write(call, tx, { newId }) {
    const { name, config, is_default } = readInput(call, input);
    const before = await configOfPath(tx, call, 'configs.update', 'lock');
    const body = config === undefined ? before.body : checkedConfig(config);
    const isNew = body !== before.body;
    const versionId = isNew ? newId() : before.version_id;
    if (isNew) await addConfigVersion(tx, before.id, versionId, body, call.actor.id);
    const isDefault = is_default ?? before.is_default;
    await updateConfig(tx, before.id, { name: name ?? before.name, isDefault, status: 'active', by: call.actor.id });
    if (isDefault) await clearDefaultConfig(tx, before.workspace_id, before.id);
    return {
      body: { version_id: versionId, object: 'config' },
      changed: [{ kind: 'config', id: before.id }],
      subject: {
        id: before.id,
        workspaceId: before.workspace_id,
        before: { name: before.name, config: JSON.parse(before.body) },
        after: { name: name ?? before.name, config: JSON.parse(body) },
      },
    };
  },
});

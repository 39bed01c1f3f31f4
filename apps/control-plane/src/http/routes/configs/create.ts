import * as z from 'zod';
import { targetWorkspace } from '../../../access/authorize.ts';
import { checkedConfig, configField } from '../../../domain/config-body.ts';
import { toStored } from '../../../sealing/config-body.ts';
import { clearDefaultConfig, insertConfig } from '../../../store/configs.ts';
import { withNewSlug } from '../../../store/new-slug.ts';
import { flagField, nameField, refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { AUDITED_FIELDS } from './audited-fields.ts';

const input = z.object({
  name: nameField(),
  config: configField(),
  is_default: flagField().nullish(),
  workspace_id: refField().nullish(),
});

export const createConfig = write({
  method: 'POST',
  path: '/configs',
  scopes: ['configs.create'],
  audit: { resource: 'configs', action: 'create', keeps: AUDITED_FIELDS },
  async write(call, tx, deps) {
    const { name, config, is_default, workspace_id } = readInput(call, input);
    const { workspace } = await targetWorkspace(tx, call, ['configs.create'], workspace_id);
    const body = checkedConfig(config);
    const id = deps.newId();
    const versionId = deps.newId();
    const version = { id, organization_id: workspace.organization_id, version_id: versionId };
    const stored = await toStored(body, version, deps.vault);
    const isDefault = is_default ?? false;
    const slug = await withNewSlug(tx, 'config', name, deps, async (inner, slug) => {
      await insertConfig(inner, {
        id,
        organizationId: workspace.organization_id,
        workspaceId: workspace.id,
        slug,
        name,
        isDefault,
        versionId,
        stored,
        by: call.actor.id,
      });
      return slug;
    });
    if (isDefault) await clearDefaultConfig(tx, workspace.id, id);
    return {
      body: { id, version_id: versionId, slug, object: 'config' },
      changed: [{ kind: 'config', id }],
      subject: { id, workspaceId: workspace.id, after: { name, slug, config: JSON.parse(body) } },
    };
  },
});

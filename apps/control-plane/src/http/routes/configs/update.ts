import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Deps } from '../../../deps.ts';
import { checkedConfig, configField } from '../../../domain/config-body.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { toStored } from '../../../sealing/config-body.ts';
import { addConfigVersion, type ConfigVersionRow, clearDefaultConfig, updateConfig } from '../../../store/configs.ts';
import { flagField, nameField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { AUDITED_FIELDS } from './audited-fields.ts';
import { configOfPath } from './find.ts';
import { openUnlessRuined } from './open.ts';

const input = z.object({
  name: nameField().optional(),
  config: configField().optional(),
  is_default: flagField().optional(),
  status: z.enum(['active'], { error: 'must be "active"; DELETE removes a config' }).optional(),
});

interface Saved {
  readonly versionId: string;
  /** For the audit log; empty when nobody sent a config. */
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** A changed config becomes a new version, and the active one; versions themselves never change. */
const saveBody = async (
  tx: Sql,
  row: ConfigVersionRow,
  body: string,
  { deps, by }: { readonly deps: Deps; readonly by: string },
): Promise<Saved> => {
  const before = await openUnlessRuined(row, deps);
  const audited = {
    before: before === undefined ? {} : { config: JSON.parse(before.body) },
    after: { config: JSON.parse(body) },
  };
  if (body === before?.body) return { versionId: row.version_id, ...audited };
  const versionId = deps.newId();
  const stored = await toStored(body, { ...row, version_id: versionId }, deps.vault);
  await addConfigVersion(tx, row.id, versionId, stored, by);
  return { versionId, ...audited };
};

export const putConfig = write({
  method: 'PUT',
  path: '/configs/:slug',
  scopes: ['configs.update'],
  audit: { resource: 'configs', action: 'update', keeps: AUDITED_FIELDS },
  async write(call, tx, deps) {
    const { name, config, is_default } = readInput(call, input);
    const row = await configOfPath(tx, call, 'configs.update', 'lock');
    const saved: Saved =
      config === undefined
        ? { versionId: row.version_id, before: {}, after: {} }
        : await saveBody(tx, row, checkedConfig(config), { deps, by: call.actor.id });
    const isDefault = is_default ?? row.is_default;
    await updateConfig(tx, row.id, { name: name ?? row.name, isDefault, status: 'active', by: call.actor.id });
    if (isDefault) await clearDefaultConfig(tx, row.workspace_id, row.id);
    return {
      body: { version_id: saved.versionId, object: 'config' },
      changed: [{ kind: 'config', id: row.id }],
      subject: {
        id: row.id,
        workspaceId: row.workspace_id,
        before: { name: row.name, ...saved.before },
        after: { name: name ?? row.name, ...saved.after },
      },
    };
  },
});

import * as z from 'zod';
import { actionsField, checksField } from '../../../domain/guardrail-body.ts';
import { addGuardrailVersion, updateGuardrail } from '../../../store/guardrails.ts';
import { nameField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { guardrailOfPath } from './find.ts';

const input = z.object({
  name: nameField().optional(),
  checks: checksField().optional(),
  actions: actionsField().optional(),
});

/** Changed checks or actions become a new version, and the active one; versions themselves never change. */
export const putGuardrail = write({
  method: 'PUT',
  path: '/guardrails/:guardrail',
  scopes: ['guardrails.update', 'organisation_guardrails.update'],
  audit: { resource: 'guardrails', action: 'update' },
  async write(call, tx, { newId }) {
    const given = readInput(call, input);
    const before = await guardrailOfPath(tx, call, 'update', 'lock');
    const { checks = before.checks, actions = before.actions, name = before.name } = given;
    const isNew = JSON.stringify([checks, actions]) !== JSON.stringify([before.checks, before.actions]);
    const versionId = isNew ? newId() : before.version_id;
    const by = call.actor.id;
    if (isNew) {
      const version = { versionId, checks: JSON.stringify(checks), actions: JSON.stringify(actions), by };
      await addGuardrailVersion(tx, before.id, version);
    }
    await updateGuardrail(tx, before.id, { name, status: before.status, by });
    return {
      body: { id: before.id, slug: before.slug, version_id: versionId },
      subject: {
        id: before.id,
        workspaceId: before.workspace_id,
        before: { name: before.name, version_id: before.version_id },
        after: { name, version_id: versionId },
      },
    };
  },
});

import * as z from 'zod';
import { actionsField, checksField } from '../../../domain/guardrail-body.ts';
import { insertGuardrail } from '../../../store/guardrails.ts';
import { withNewSlug } from '../../../store/new-slug.ts';
import { nameField, refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { guardrailOwner } from './owner.ts';

const input = z.object({
  name: nameField(),
  checks: checksField(),
  actions: actionsField(),
  workspace_id: refField().nullish(),
  organisation_id: refField().nullish(),
});

export const createGuardrail = write({
  method: 'POST',
  path: '/guardrails',
  scopes: ['guardrails.create', 'organisation_guardrails.create'],
  audit: { resource: 'guardrails', action: 'create' },
  async write(call, tx, deps) {
    const { name, checks, actions, ...owner } = readInput(call, input);
    const workspaceId = await guardrailOwner(tx, call, 'create', owner);
    const id = deps.newId();
    const versionId = deps.newId();
    const slug = await withNewSlug(tx, 'guardrail', name, deps, async (inner, slug) => {
      await insertGuardrail(inner, {
        id,
        organizationId: call.principal.organisationId,
        workspaceId,
        slug,
        name,
        versionId,
        checks: JSON.stringify(checks),
        actions: JSON.stringify(actions),
        by: call.actor.id,
      });
      return slug;
    });
    return {
      body: { id, slug, version_id: versionId, object: 'guardrail' },
      subject: { id, workspaceId, after: { name, slug, checks: checks.map((check) => check.id) } },
    };
  },
});

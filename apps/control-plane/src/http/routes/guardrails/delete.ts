import { PlatformError } from '@portolan/service-kit';
import { updateGuardrail, usersOfGuardrail } from '../../../store/guardrails.ts';
import { write } from '../../route.ts';
import { guardrailOfPath } from './find.ts';

export const deleteGuardrail = write({
  method: 'DELETE',
  path: '/guardrails/:guardrail',
  scopes: ['guardrails.delete', 'organisation_guardrails.delete'],
  audit: { resource: 'guardrails', action: 'delete' },
  async write(call, tx) {
    const guardrail = await guardrailOfPath(tx, call, 'delete', 'lock');
    const users = await usersOfGuardrail(tx, guardrail);
    if (users.length > 0) {
      throw new PlatformError('conflict', {
        public: `The guardrail is a default of ${users.join(', ')}: take it out there first.`,
      });
    }
    await updateGuardrail(tx, guardrail.id, { name: guardrail.name, status: 'archived', by: call.actor.id });
    return {
      body: {},
      subject: {
        id: guardrail.id,
        workspaceId: guardrail.workspace_id,
        before: { name: guardrail.name, slug: guardrail.slug },
      },
    };
  },
});

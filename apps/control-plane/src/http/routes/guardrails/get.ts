import { read } from '../../route.ts';
import { guardrailOfPath } from './find.ts';
import { guardrailView } from './view.ts';

export const getGuardrail = read({
  method: 'GET',
  path: '/guardrails/:guardrail',
  scopes: ['guardrails.read', 'organisation_guardrails.read'],
  read: async (call, sql) => guardrailView(await guardrailOfPath(sql, call, 'read')),
});

import { PlatformError } from '@portolan/service-kit';
import { decide } from '../../../access/authorize.ts';
import { feedbackProblem, readVerdict } from '../../../domain/feedback.ts';
import { replaceFeedback, workspaceOfFeedback } from '../../../store/feedback.ts';
import { record } from '../../route.ts';
import { FEEDBACK_SCOPES, savedFeedback } from './view.ts';

const unknown = (): PlatformError =>
  new PlatformError('not_found', { public: 'Invalid Feedback Id passed. Nothing to update', param: 'id' });

/** Replaces what was thought; the trace stays. */
export const putFeedback = record({
  method: 'PUT',
  path: '/feedback/:id',
  scopes: FEEDBACK_SCOPES,
  async record(call, tx) {
    if (call.items !== undefined) throw feedbackProblem('Only one feedback can be updated at once', '031', 'body');
    const id = call.params.id ?? '';
    const workspaceId = await workspaceOfFeedback(tx, call.principal.organisationId, id);
    if (workspaceId === undefined) throw unknown();
    const decision = await decide(tx, call, FEEDBACK_SCOPES, { workspaceId, named: 'object' });
    if (!decision.allowed) throw unknown();
    await replaceFeedback(tx, id, readVerdict(call.body));
    return savedFeedback('updated', [id]);
  },
});

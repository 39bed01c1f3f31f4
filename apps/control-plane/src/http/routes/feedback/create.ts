import { targetWorkspace } from '../../../access/authorize.ts';
import { readFeedback } from '../../../domain/feedback.ts';
import { insertFeedback } from '../../../store/feedback.ts';
import { record } from '../../route.ts';
import { FEEDBACK_SCOPES, savedFeedback } from './view.ts';

export const createFeedback = record({
  method: 'POST',
  path: '/feedback',
  scopes: FEEDBACK_SCOPES,
  async record(call, tx, { newId }) {
    const { workspace } = await targetWorkspace(tx, call, FEEDBACK_SCOPES, call.query.workspace_id);
    const rows = readFeedback(call.body, call.items).map((feedback) => ({ id: newId(), ...feedback }));
    const place = { organizationId: workspace.organization_id, workspaceId: workspace.id, by: call.actor.id };
    await insertFeedback(tx, place, rows);
    return savedFeedback(
      'saved',
      rows.map(({ id }) => id),
    );
  },
});

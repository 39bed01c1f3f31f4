import * as z from 'zod';
import { authorize, targetWorkspace } from '../../../access/authorize.ts';
import { requireOwnOrganization } from '../../../access/own-organization.ts';
import { insertLabel, isLabelNameTaken } from '../../../store/labels.ts';
import { refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { labelFields, labelNameField } from './fields.ts';
import { nameIsTaken } from './find.ts';

const input = z.object({
  name: labelNameField(),
  organisation_id: refField().nullish(),
  organization_id: refField().nullish(),
  workspace_id: refField().nullish(),
  ...labelFields,
});

/** A label of one workspace; or, by a key of the organization that names no workspace, one for all of them. */
export const createLabel = write({
  method: 'POST',
  path: '/labels',
  scopes: ['prompts.update'],
  audit: { resource: 'labels', action: 'create' },
  async write(call, tx, { newId }) {
    const given = readInput(call, input);
    await requireOwnOrganization(tx, call, given.organisation_id ?? given.organization_id);
    const organizationId = call.principal.organisationId;
    const isForAll = !given.workspace_id && call.principal.kind === 'organisation-service';
    if (isForAll) await authorize(tx, call, ['prompts.update'], { workspaceId: null, named: 'workspace' });
    const workspaceId = isForAll
      ? null
      : (await targetWorkspace(tx, call, ['prompts.update'], given.workspace_id)).workspace.id;
    if (await isLabelNameTaken(tx, { organizationId, workspaceId }, given.name, null)) throw nameIsTaken(given.name);
    const id = newId();
    await insertLabel(tx, {
      id,
      organizationId,
      workspaceId,
      name: given.name,
      description: given.description ?? null,
      colorCode: given.color_code ?? null,
    });
    return { body: { id, object: 'label' }, subject: { id, workspaceId, after: { name: given.name } } };
  },
});

import * as z from 'zod';
import { isLabelNameTaken, touchLabelledPrompts, updateLabel } from '../../../store/labels.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { labelFields, labelNameField } from './fields.ts';
import { nameIsTaken, ownLabel, refuseUniversal } from './find.ts';

const input = z.object({ name: labelNameField().optional(), ...labelFields });

/** A new name is what requests have to write from now on: every prompt that carries the label changes with it. */
export const putLabel = write({
  method: 'PUT',
  path: '/labels/:label',
  scopes: ['prompts.update'],
  audit: { resource: 'labels', action: 'update' },
  async write(call, tx) {
    const given = readInput(call, input);
    const before = await ownLabel(tx, call, 'prompts.update');
    const name = given.name ?? before.name;
    const isRenamed = name !== before.name;
    if (isRenamed) {
      refuseUniversal(before, 'renamed');
      const within = { organizationId: before.organization_id, workspaceId: before.workspace_id };
      if (await isLabelNameTaken(tx, within, name, before.id)) throw nameIsTaken(name);
    }
    await updateLabel(tx, before.id, {
      name,
      description: given.description === undefined ? before.description : given.description,
      color_code: given.color_code === undefined ? before.color_code : given.color_code,
      status: before.status,
    });
    const touched = isRenamed ? await touchLabelledPrompts(tx, before.id) : [];
    return {
      body: {},
      changed: touched.map((id) => ({ kind: 'prompt', id })),
      subject: { id: before.id, workspaceId: before.workspace_id, before: { name: before.name }, after: { name } },
    };
  },
});

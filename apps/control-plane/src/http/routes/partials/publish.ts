import * as z from 'zod';
import { notFound } from '../../../access/authorize.ts';
import { findPartialVersion } from '../../../store/partial-versions.ts';
import { updatePartial } from '../../../store/partials.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { versionNumberField } from '../prompts/content-fields.ts';
import { partialOfPath } from './find.ts';

const input = z.object({ version: versionNumberField() });

/** Changes every prompt that refers to the partial without a version. */
export const publishPartial = write({
  method: 'PUT',
  path: '/prompts/partials/:partial/makeDefault',
  scopes: ['prompts.publish'],
  audit: { resource: 'partials', action: 'publish' },
  async write(call, tx) {
    const { version } = readInput(call, input);
    const partial = await partialOfPath(tx, call, 'prompts.publish', 'lock');
    const found = await findPartialVersion(tx, partial.id, { kind: 'number', number: version });
    if (found?.status !== 'active') throw notFound('version of this partial');
    await updatePartial(tx, partial.id, { ...partial, published_version: version, by: call.actor.id });
    return {
      body: {},
      changed: [{ kind: 'partial', id: partial.id }],
      subject: {
        id: partial.id,
        workspaceId: partial.workspace_id,
        before: { published_version: partial.published_version },
        after: { published_version: version },
      },
    };
  },
});

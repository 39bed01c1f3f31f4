import { PlatformError } from '@portolan/service-kit';
import * as z from 'zod';
import { notFound } from '../../../access/authorize.ts';
import { withNewSlug } from '../../../store/new-slug.ts';
import { contentOf, findPromptVersion } from '../../../store/prompt-versions.ts';
import { insertPrompt } from '../../../store/prompts.ts';
import { nameField, refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { versionNumberField } from './content-fields.ts';
import { placeOf } from './create.ts';
import { promptOfPath } from './find.ts';
import { missingFrom, saveVersion } from './save-version.ts';

const input = z.object({
  name: nameField().nullish(),
  workspace_id: refField().nullish(),
  collection_id: refField().nullish(),
  version: versionNumberField().nullish(),
});

/** A copy of one version as a prompt of its own, whose history begins with it. It has to work where it goes. */
export const forkPrompt = write({
  method: 'POST',
  path: '/prompts/:prompt/fork',
  scopes: ['prompts.create'],
  audit: { resource: 'prompts', action: 'duplicate' },
  async write(call, tx, deps) {
    const given = readInput(call, input);
    // The workspace in the body is where the copy goes, and says nothing of where the prompt is.
    const source = await promptOfPath(tx, { ...call, body: {} }, 'prompts.read');
    const selector = given.version
      ? ({ kind: 'number', number: given.version } as const)
      : ({ kind: 'published' } as const);
    const version = await findPromptVersion(tx, source.id, selector);
    if (version === undefined) throw notFound('version of this prompt');
    const goesNowhere = !given.workspace_id && !given.collection_id;
    const place = await placeOf(tx, call, goesNowhere ? { workspace_id: source.workspace_id } : given);
    const content = contentOf(version);
    const missing = await missingFrom(tx, place.workspace_id, content);
    const lacks = [
      ...missing.partials.map((reference) => `partial ${reference}`),
      ...(missing.virtualKey === undefined ? [] : [`virtual key ${missing.virtualKey}`]),
    ];
    if (lacks.length > 0 && place.workspace_id !== source.workspace_id) {
      throw new PlatformError('conflict', {
        public: `The workspace lacks what the prompt needs: ${lacks.join(', ')}.`,
        param: 'workspace_id',
        errors: lacks,
      });
    }
    const id = deps.newId();
    const versionId = deps.newId();
    const name = given.name ?? source.name;
    const by = call.actor.id;
    const workspaceId = place.workspace_id;
    const slug = await withNewSlug(tx, 'prompt', name, deps, async (inner, slug) => {
      const organizationId = place.organization_id;
      await insertPrompt(inner, { id, organizationId, workspaceId, collectionId: place.id, slug, name, by });
      return slug;
    });
    await saveVersion(tx, { id: versionId, promptId: id, workspaceId, content, by });
    return {
      body: { id, slug, version_id: versionId, object: 'prompt' },
      changed: [{ kind: 'prompt', id }],
      subject: { id, workspaceId, after: { name, slug, forked_from: source.id, version: version.number } },
    };
  },
});

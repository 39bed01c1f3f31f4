import { PromptKind, PromptStatus } from '@portolan/proto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Tenant, TestPlatform } from '../testing/platform.ts';
import { partialReader } from './partials.ts';
import { promptReader } from './prompts.ts';

/** What gateways are told of prompts and partials. */
export const promptSnapshotConformance = (platform: () => TestPlatform): void => {
  describe('prompts as gateways read them', () => {
    let tenant: Tenant;
    let key: string;
    beforeAll(async () => {
      tenant = await platform().tenant();
      key = await tenant.key();
    });
    const call: TestPlatform['call'] = (...args) => platform().call(...args);
    const one = async (id: string) => (await promptReader.load(platform().deps.db, [id]))[0]?.kind;

    test('a prompt comes with its active versions, their JSON as it was given, and their labels', async () => {
      const string = '[{"role":"user","content":"{{a}}"}]';
      const tools = [{ type: 'function', function: { name: 'z' } }];
      const made = (
        await call(key, 'POST', '/prompts', {
          name: 'p',
          string,
          parameters: { z: 1, a: 2 },
          model: 'm',
          virtual_key: 'main',
          tools,
          tool_choice: 'auto',
          template_metadata: { azure_alias: 'mine' },
        })
      ).body;
      await call(key, 'PUT', `/prompts/${made.slug}`, { string: 'text', parameters: {}, model: null });
      const labels = (await call(key, 'GET', '/labels')).body.data;
      const production = labels.find(({ name }: { name: string }) => name === 'production').id;
      await call(key, 'PUT', `/prompts/${made.slug}/versions/${made.version_id}`, { label_id: production });
      expect(await one(made.id)).toEqual({
        $case: 'prompt',
        value: {
          id: made.id,
          organizationId: tenant.organizationId,
          workspaceId: tenant.workspaceId,
          slug: made.slug,
          status: PromptStatus.PROMPT_STATUS_ACTIVE,
          generation: 3,
          publishedVersion: 1,
          versions: [
            {
              id: made.version_id,
              number: 1,
              template: string,
              kind: PromptKind.PROMPT_KIND_CHAT,
              parametersJson: '{"z":1,"a":2}',
              model: 'm',
              virtualKeySlug: 'main',
              toolsJson: JSON.stringify(tools),
              functionsJson: '',
              toolChoiceJson: '"auto"',
              modelAlias: 'mine',
              labels: ['production'],
            },
            expect.objectContaining({
              number: 2,
              kind: PromptKind.PROMPT_KIND_TEXT,
              model: '',
              virtualKeySlug: 'main',
              labels: [],
            }),
          ],
        },
      });
    });

    test('what is archived is told once, without its texts, and is in no page', async () => {
      const made = (await call(key, 'POST', '/prompts', { name: 'p', string: 'x', parameters: {} })).body;
      await call(key, 'DELETE', `/prompts/${made.slug}`);
      expect(await one(made.id)).toMatchObject({
        value: { status: PromptStatus.PROMPT_STATUS_ARCHIVED, versions: [], generation: 2 },
      });
      const { db } = platform().deps;
      const ids: string[] = [];
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page = await promptReader.page(db, after, 2);
        expect(page.entities.length).toBeLessThanOrEqual(2);
        ids.push(...page.entities.map(({ kind }) => (kind?.$case === 'prompt' ? kind.value.id : '')));
        after = page.lastId;
      }
      expect(ids).not.toContain(made.id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    test('a partial comes with its versions', async () => {
      const made = (await call(key, 'POST', '/prompts/partials', { name: 'p', string: 'one' })).body;
      await call(key, 'PUT', `/prompts/partials/${made.slug}`, { string: 'two' });
      await call(key, 'PUT', `/prompts/partials/${made.slug}/makeDefault`, { version: 2 });
      const [found] = await partialReader.load(platform().deps.db, [made.id]);
      expect(found?.kind).toMatchObject({
        $case: 'partial',
        value: {
          slug: made.slug,
          status: PromptStatus.PROMPT_STATUS_ACTIVE,
          generation: 3,
          publishedVersion: 2,
          versions: [
            { id: made.version_id, number: 1, template: 'one' },
            { number: 2, template: 'two' },
          ],
        },
      });
    });
  });
};

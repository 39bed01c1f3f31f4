import type { Sql } from '@portolan/sql';
import type { JsonObject } from '../../../domain/json.ts';
import { missingPartials, namedPartials, partialWarnings } from '../../../domain/partial-warnings.ts';
import type { PromptContent } from '../../../domain/prompt-save.ts';
import { checkedTemplate } from '../../../domain/prompt-template.ts';
import { checkRoom } from '../../../domain/version-room.ts';
import { referablePartials } from '../../../store/partials.ts';
import { insertPromptVersion, promptRoom } from '../../../store/prompt-versions.ts';
import { hasVirtualKey } from '../../../store/virtual-key-names.ts';

export interface VersionToSave {
  readonly id: string;
  readonly promptId: string;
  readonly workspaceId: string;
  readonly content: PromptContent;
  readonly by: string;
}

/** Partials and virtual keys that a version names, and that its workspace does not have. */
export const missingFrom = async (
  sql: Sql,
  workspaceId: string,
  { template, isRaw, virtualKey }: Pick<PromptContent, 'template' | 'isRaw' | 'virtualKey'>,
): Promise<{ readonly partials: readonly string[]; readonly virtualKey: string | undefined }> => {
  const { components } = checkedTemplate(template, isRaw);
  const named = namedPartials(components);
  const there = named.length === 0 ? [] : await referablePartials(sql, workspaceId, named);
  const isThere = virtualKey === '' || (await hasVirtualKey(sql, workspaceId, virtualKey));
  return { partials: missingPartials(components, there), virtualKey: isThere ? undefined : virtualKey };
};

/**
 * Stores the next version of a prompt that is new or locked.
 * @returns sentences about what is missing for calls to work; what is missing may still come, so it is no error
 * @throws PlatformError  400 for a template that gateways could not render, 409 when there are too many versions
 */
export const saveVersion = async (
  tx: Sql,
  { id, promptId, workspaceId, content, by }: VersionToSave,
): Promise<readonly string[]> => {
  const { kind, components } = checkedTemplate(content.template, content.isRaw);
  await insertPromptVersion(tx, { id, promptId, content, kind, components, by });
  checkRoom(await promptRoom(tx, promptId));
  const missing = await missingFrom(tx, workspaceId, content);
  return [
    ...partialWarnings(missing.partials),
    ...(missing.virtualKey === undefined
      ? []
      : [
          `There is no virtual key ${missing.virtualKey} in this workspace: calls need a config that names another one.`,
        ]),
  ];
};

/** The field of an answer that tells of warnings; absent without any. */
export const warningsField = (warnings: readonly string[]): JsonObject => (warnings.length === 0 ? {} : { warnings });

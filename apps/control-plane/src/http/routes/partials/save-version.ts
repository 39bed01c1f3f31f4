import type { Components } from '@portolan/prompt-template';
import type { Sql } from '@portolan/sql';
import { componentsOf } from '../../../domain/prompt-template.ts';
import { checkRoom } from '../../../domain/version-room.ts';
import { insertPartialVersion, type NewPartialVersion, partialRoom } from '../../../store/partial-versions.ts';

const warningsOf = ({ partials, variablePartials }: Components): readonly string[] =>
  partials.length + variablePartials.length === 0
    ? []
    : ['Partials cannot use partials: what it refers to stays empty.'];

/**
 * Stores the next version of a partial that is new or locked.
 * @returns sentences about what will not come out as it stands there
 * @throws PlatformError  400 for a template that cannot be parsed, 409 when there are too many versions
 */
export const savePartialVersion = async (
  tx: Sql,
  version: Omit<NewPartialVersion, 'components'>,
): Promise<readonly string[]> => {
  const components = componentsOf(version.template);
  await insertPartialVersion(tx, { ...version, components });
  checkRoom(await partialRoom(tx, version.partialId));
  return warningsOf(components);
};

import type { Scope } from '@portolan/access-control';
import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { authorize, listedWorkspace, notFound } from '../../../access/authorize.ts';
import { findLabel, type LabelRow } from '../../../store/labels.ts';
import type { Call } from '../../call.ts';

/** The label that the path names, for a caller that may read it: those of the organization may be read in every workspace. */
export const readableLabel = async (sql: Sql, call: Call): Promise<LabelRow> => {
  const label = await findLabel(sql, call.principal.organisationId, call.params.label ?? '');
  if (label === undefined) throw notFound('label');
  if (label.workspace_id === null) await listedWorkspace(sql, call, ['prompts.read'], call.query.workspace_id);
  else await authorize(sql, call, ['prompts.read'], { workspaceId: label.workspace_id, named: 'object' });
  return label;
};

/** The label that the path names, locked, for a caller that may change it. @throws PlatformError 404, 403 */
export const ownLabel = async (tx: Sql, call: Call, scope: Scope): Promise<LabelRow> => {
  const label = await findLabel(tx, call.principal.organisationId, call.params.label ?? '', 'lock');
  if (label === undefined) throw notFound('label');
  await authorize(tx, call, [scope], { workspaceId: label.workspace_id, named: 'object' });
  return label;
};

/** @throws PlatformError  403 for the labels that everybody has */
export const refuseUniversal = ({ is_universal, name }: LabelRow, what: string): void => {
  if (!is_universal) return;
  throw new PlatformError('permission_denied', {
    public: `The label ${name} is there for everybody and cannot be ${what}.`,
  });
};

/** @throws PlatformError  409 */
export const nameIsTaken = (name: string): PlatformError =>
  new PlatformError('conflict', { public: `name: there is a label "${name}" already`, param: 'name' });

import type { Scope } from '@portolan/access-control';
import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { authorize, notFound, targetWorkspace } from '../../../access/authorize.ts';
import { findVirtualKeys, type VirtualKeyRow } from '../../../store/virtual-keys.ts';
import type { Call } from '../../call.ts';

interface Wanted {
  readonly scope: Scope;
  /** How the answer calls it: `virtual key` or `provider`. */
  readonly what: string;
  readonly lock?: 'lock' | 'look';
}

const namedWorkspace = ({ query, body }: Call): string | undefined => {
  const given = query.workspace_id ?? query.workspaceId ?? body.workspace_id ?? body.workspaceId;
  return typeof given === 'string' && given !== '' ? given : undefined;
};

/** Where the caller looks: the workspace it names or belongs to, else all. */
const searched = async (sql: Sql, call: Call, scope: Scope): Promise<string | null> => {
  const named = namedWorkspace(call);
  if (named !== undefined) return (await targetWorkspace(sql, call, [scope], named)).workspace.id;
  return 'workspaceId' in call.principal ? call.principal.workspaceId : null;
};

/**
 * The handle that the path names, for a caller that may do this to it.
 * @throws PlatformError  404, 403; 400 when several workspaces have the slug and none was named
 */
export const handleOfPath = async (
  sql: Sql,
  call: Call,
  { scope, what, lock = 'look' }: Wanted,
): Promise<VirtualKeyRow> => {
  const workspaceId = await searched(sql, call, scope);
  const ref = (call.params.slug ?? '').replace(/^@/, '');
  const [found, other] = await findVirtualKeys(sql, call.principal.organisationId, ref, workspaceId, lock);
  if (found === undefined) throw notFound(what);
  await authorize(sql, call, [scope], { workspaceId: found.workspace_id, named: 'object' });
  if (other !== undefined) {
    throw new PlatformError('invalid_request_error', {
      public: `workspace_id is required: several workspaces have a ${what} with this slug.`,
      param: 'workspace_id',
    });
  }
  return found;
};

import type { Call } from '../http/call.ts';
import type { Named } from '../store/named.ts';

/** Which object a call means by a slug or an id: one of its own workspace, or of the one it names, before all others. */
export const namedBy = ({ principal, query, body }: Call, ref: string): Named => {
  const named = query.workspace_id ?? body.workspace_id;
  const own = 'workspaceId' in principal ? principal.workspaceId : null;
  return {
    organizationId: principal.organisationId,
    ref,
    preferred: own ?? (typeof named === 'string' ? named : null),
  };
};

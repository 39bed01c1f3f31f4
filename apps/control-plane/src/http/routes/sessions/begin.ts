import type { Sql } from '@portolan/sql';
import { type OpenedSession, openSession } from '../../../access/open-session.ts';
import { loadUser } from '../../../access/principal.ts';
import { notSignedIn } from '../../../access/session.ts';
import { appendAudit } from '../../../audit/append.ts';
import { entryOfSignIn } from '../../../audit/entry-of-sign-in.ts';
import type { Deps } from '../../../deps.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { OpenCall } from '../../call.ts';
import { sessionView } from './view.ts';

export interface BegunSession extends OpenedSession {
  readonly view: JsonObject;
}

/** Signs somebody in who has proved to be a member of the organization: a session, with a row in the audit log. */
export const beginSession = async (
  tx: Sql,
  call: OpenCall,
  { userId, organizationId }: { readonly userId: string; readonly organizationId: string },
  deps: Deps,
): Promise<BegunSession> => {
  const user = await loadUser(tx, organizationId, userId);
  if (user === undefined) throw notSignedIn();
  const opened = await openSession(tx, call, { userId, organizationId }, deps);
  const event = {
    organizationId,
    actor: { type: 'user', id: userId },
    resource: 'sessions',
    action: 'create',
    status: 200,
  } as const;
  await appendAudit(tx, entryOfSignIn(call, event));
  return { ...opened, view: await sessionView(tx, { organizationId, user, ...opened }) };
};

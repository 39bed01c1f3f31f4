import { pruneChanges } from '../change/counter.ts';
import type { Deps } from '../deps.ts';

/** Gateways that were away for fewer changes than these continue where they were. */
const KEPT_REVISIONS = 100_000;

/** What nobody needs once its time is over. Each statement takes a bounded number of rows; what is left goes next time. */
const OVER: readonly string[] = [
  'delete from sessions where token_digest in (select token_digest from sessions where expires_at < now() limit 10000)',
  'delete from sign_in_attempts where state_digest in (select state_digest from sign_in_attempts where expires_at < now() limit 10000)',
  `delete from sign_in_failures where ctid in (select ctid from sign_in_failures where failed_at < now() - interval '1 day' limit 10000)`,
];

/** Removes what is over. Doing it twice does no harm. */
export const tidyUp = async ({ db }: Pick<Deps, 'db'>): Promise<void> => {
  for (const statement of OVER) await db.query(statement);
  await pruneChanges(db, KEPT_REVISIONS);
};

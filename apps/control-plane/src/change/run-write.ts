import { type Database, isRetryable, type Sql } from '@portolan/sql';
import { appendAudit } from '../audit/append.ts';
import { entryOfCall } from '../audit/entry-of-call.ts';
import type { Deps } from '../deps.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Call } from '../http/call.ts';
import type { WriteRoute } from '../http/route.ts';
import { recordChanges } from './changes.ts';

const ATTEMPTS = 5;

/** Runs a transaction again when it lost a race. */
export const transactionally = async <T>(db: Database, work: (tx: Sql) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
};

export interface WriteOutcome {
  readonly body: JsonObject;
  /** From which on gateways know of it; undefined when it does not concern them. */
  readonly revision: bigint | undefined;
}

/** A write with its audit row and its revision: all of it or nothing. */
export const runWrite = (route: WriteRoute, call: Call, deps: Deps): Promise<WriteOutcome> =>
  transactionally(deps.db, async (tx) => {
    const { body, changed = [], subject } = await route.write(call, tx, deps);
    await appendAudit(tx, entryOfCall(call, route, 200, subject));
    return { body, revision: changed.length === 0 ? undefined : await recordChanges(tx, changed) };
  });

/** The audit row of a write that was refused or failed. */
export const auditFailure = (route: WriteRoute, call: Call, status: number, { db }: Deps): Promise<void> =>
  transactionally(db, (tx) => appendAudit(tx, entryOfCall(call, route, status, undefined)));

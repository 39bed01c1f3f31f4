import type { Deps } from '../deps.ts';
import { openBody, sealBody } from '../sealing/config-body.ts';
import { readCursor, saveCursor } from '../store/job-cursors.ts';
import { replaceSealedBody, type SealedRow, versionsSealedUnder } from '../store/sealed-bodies.ts';

const JOB = 'reseal-configs';
const PAGE = 200;
/** What is left waits for the next run. */
const PAGES = 50;

type Work = Pick<Deps, 'db' | 'vault' | 'log'>;

/**
 * Seals under the newest key what is sealed under an older one, so that a key that got out opens nothing for long. What is in it stays
 * the same, so nobody needs to hear of it. Goes on where the last run stopped; doing it twice does no harm.
 */
export const resealConfigs = async ({ db, vault, log }: Work, signal: AbortSignal): Promise<void> => {
  const keys = await vault.sealingKeys();
  const [newest, ...older] = keys;
  if (older.length === 0) return;
  const olderIds = older.map(({ id }) => id);
  let resealed = 0;

  const reseal = async (row: SealedRow): Promise<void> => {
    const opened = openBody(row, keys);
    if (opened.outcome !== 'opened') {
      log.error({ configId: row.id, versionId: row.version_id }, 'a stored config does not open, and stays as it is');
      return;
    }
    await replaceSealedBody(db, row, sealBody(opened.body, newest, row));
    resealed += 1;
  };

  let after = await readCursor(db, JOB);
  for (let page = 0; page < PAGES && !signal.aborted; page += 1) {
    const rows = await versionsSealedUnder(db, olderIds, after ?? '', PAGE);
    for (const row of rows) {
      if (signal.aborted) break;
      await reseal(row);
      after = row.version_id;
    }
    if (rows.length < PAGE && !signal.aborted) {
      after = undefined;
      break;
    }
  }
  await saveCursor(db, JOB, after);
  if (resealed > 0) log.info({ resealed }, 'configs were sealed under the newest key');
};

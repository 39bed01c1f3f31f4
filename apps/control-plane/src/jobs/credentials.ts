import type { Deps } from '../deps.ts';
import type { Vault } from '../ports/vault.ts';
import { credentialUses, knownOrganizations } from '../store/credential-uses.ts';
import { keepCredentialCopy } from '../store/integrations.ts';
import { readCursor, saveCursor } from '../store/job-cursors.ts';

const JOB = 'reconcile-credentials';
/** A credential is put into the vault before what uses it is written: so long nobody takes it for unused. */
const UNUSED_AFTER_MS = 600_000;
const PAGES = 20;
/**
 * More unused credentials than these in one run are no leftovers: a database that was restored from an old copy knows less than the
 * vault. An operator has to look before anything is revoked.
 */
const REVOKED_MAX = 50;

type Work = Pick<Deps, 'db' | 'vault' | 'clock' | 'log'>;
type Listed = Awaited<ReturnType<Vault['list']>>['credentials'][number];

interface Findings {
  readonly unused: readonly Listed[];
  /** Of which something older is kept here. */
  readonly newer: readonly Listed[];
}

const compare = async ({ db, clock }: Work, credentials: readonly Listed[]): Promise<Findings> => {
  const uses = await credentialUses(
    db,
    credentials.map(({ id }) => id),
  );
  const organizations = await knownOrganizations(db, [...new Set(credentials.map((each) => each.organizationId))]);
  const settledMs = clock.wallMs() - UNUSED_AFTER_MS;
  return {
    unused: credentials.filter(
      ({ id, organizationId, createdAtMs, revoked }) =>
        !revoked && createdAtMs < settledMs && organizations.has(organizationId) && uses.get(id)?.status !== 'active',
    ),
    newer: credentials.filter(({ id, generation, revoked }) => {
      const use = uses.get(id);
      return !revoked && use?.status === 'active' && use.credential_generation < BigInt(generation);
    }),
  };
};

/**
 * Compares the vault with what uses it: credentials that nothing uses are revoked, and what is kept here of the others is brought up to
 * date. Goes on where the last run stopped, and begins anew after the end. Doing it twice does no harm.
 */
export const reconcileCredentials = async (work: Work, signal: AbortSignal): Promise<void> => {
  const { db, vault, log } = work;
  let after = await readCursor(db, JOB);
  const unused: Listed[] = [];
  for (let page = 0; page < PAGES && !signal.aborted; page += 1) {
    const { credentials, hasMore } = await vault.list(after);
    const findings = await compare(work, credentials);
    for (const { id, settings, masked, generation } of findings.newer) {
      await keepCredentialCopy(db, id, { settings, masked, generation });
    }
    unused.push(...findings.unused);
    after = hasMore ? credentials.at(-1)?.id : undefined;
    if (after === undefined) break;
  }
  if (unused.length > REVOKED_MAX) {
    log.error(
      { unused: unused.length },
      'the vault holds many credentials that nothing uses: none is revoked until somebody has looked whether the database is the right one',
    );
  } else {
    for (const { id, organizationId } of unused) {
      if (signal.aborted) return;
      await vault.revoke({ organizationId, id, actor: `job:${JOB}` });
    }
    if (unused.length > 0) log.info({ revoked: unused.length }, 'credentials that nothing uses were revoked');
  }
  await saveCursor(db, JOB, after);
};

import { GatewayServiceService, VaultGatewayServiceService } from '@portolan/proto';
import type { Clock, Logger } from '@portolan/service-kit';
import { createKeySets } from '@portolan/token-auth';
import type { Dispatcher } from 'undici';
import type { PlatformConfig } from '../../config.ts';
import type { ConfigReader } from '../../config-reader.ts';
import { type CredentialCache, createCredentialCache } from '../../credentials/cache.ts';
import type { GaugeRow } from '../../metrics.ts';
import type { Source } from '../../ports/source.ts';
import { createSnapshotBook, type SnapshotBook } from '../../snapshot/book.ts';
import { createCatchUp } from '../../snapshot/catch-up.ts';
import type { SnapshotContents } from '../../snapshot/contents.ts';
import { readSnapshotKey, type SealedFile, sealedFile } from '../../snapshot/sealed-file.ts';
import { platformApiKeys } from './api-keys.ts';
import { connectPlatform, type PlatformClients } from './clients.ts';
import { controlPlaneHttp } from './management.ts';
import { holdPeppers } from './peppers.ts';
import { createTokenCallers } from './tokens.ts';
import { createUnderstanding } from './understand.ts';
import { watchCredentials, watchSnapshot } from './watches.ts';

export interface PlatformSourceDeps {
  readonly readConfig: ConfigReader;
  /** The guarded way out, for key sets of organizations. */
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  random(): number;
  readonly log: Logger;
}

const RESOLVE_MS = 2_000;

/**
 * A gateway of the platform: everything saved comes as a stream from the control plane, credentials from the vault when they are
 * needed. What was sealed on disk is there at once.
 */
export const platformSource = async (config: PlatformConfig, deps: PlatformSourceDeps): Promise<Source> => {
  const { clock, log } = deps;
  const clients = await connectPlatform(config, deps);
  const book = createSnapshotBook(log);
  const changed = () => file?.changed();
  const credentials = createCredentialCache({
    resolve: ({ organizationId, workspaceId, credentialId }) => {
      const request = { organizationId, workspaceId, credentialId };
      return clients.vaultCalls.unary(VaultGatewayServiceService.resolveCredential, request, { timeoutMs: RESOLVE_MS });
    },
    clock,
    onChange: changed,
  });
  const collect = (): SnapshotContents => ({
    revision: book.view().revision,
    resumeToken: book.resumeToken(),
    entities: book.entities(),
    peppers: peppers.kept(),
    credentials: credentials.kept(),
  });
  const file = await openFile(config, collect, log);
  const kept = await file?.read();
  const peppers = holdPeppers(clients.vault, { ...deps, kept: kept?.peppers, onChange: changed });
  if (kept !== undefined) {
    book.receive({ ...kept, entities: [...kept.entities], isFull: true, isLastPart: true });
    credentials.takeUp(kept.credentials);
  }
  book.onView(changed);

  const catchUp = createCatchUp(
    book,
    async (timeoutMs) =>
      (await clients.controlPlane.unary(GatewayServiceService.getRevision, {}, { timeoutMs })).revision,
    clock.monotonicMs,
  );
  const understand = createUnderstanding(deps.readConfig, (slug, { message, errors }) =>
    log.warn({ config: slug, reason: errors?.join('; ') ?? message }, 'a saved config is not usable'),
  );
  const workspaces = { catchUp, understand, view: book.view };
  const tokens = createTokenCallers({ ...workspaces, keySets: createKeySets(deps.dispatcher, clock), clock });
  const management = controlPlaneHttp(config.GATEWAY_MANAGEMENT_URL, catchUp.untilKnown);
  const watches = [watchSnapshot(clients.controlPlane, book, deps), watchCredentials(clients.vault, credentials, deps)];
  return {
    apiKeys: platformApiKeys({ ...workspaces, peppers, tokens, clock }),
    credentials,
    management,
    revision: () => book.view().revision,
    gauges: gaugesOf(book, credentials, clients, clock),
    async close() {
      peppers.close();
      await Promise.all(watches.map((watch) => watch.close()));
      await management.close();
      await file?.close();
      credentials.close();
      clients.close();
    },
  };
};

const gaugesOf = (
  book: SnapshotBook,
  credentials: CredentialCache,
  { certificateEndsAtMs }: PlatformClients,
  clock: Clock,
): readonly GaugeRow[] => {
  let changedAtMs = clock.monotonicMs();
  book.onView(() => {
    changedAtMs = clock.monotonicMs();
  });
  return [
    { name: 'snapshot_revision', help: 'Newest change known; 0 before any.', value: () => book.view().revision },
    {
      name: 'snapshot_unchanged_seconds',
      help: 'Time since the newest change arrived.',
      value: () => (clock.monotonicMs() - changedAtMs) / 1_000,
    },
    { name: 'credentials_held', help: 'Decrypted credentials in memory.', value: credentials.size },
    {
      name: 'vault_reachable',
      help: '1 unless the last question to the vault failed.',
      value: () => (credentials.reaches() ? 1 : 0),
    },
    {
      name: 'certificate_not_after_seconds',
      help: 'When the certificate ends, Unix seconds; 0 without TLS.',
      value: () => (certificateEndsAtMs() ?? 0) / 1_000,
    },
  ];
};

const openFile = async (
  { GATEWAY_SNAPSHOT_DIR: folder, GATEWAY_SNAPSHOT_KEY_FILE: keyFile }: PlatformConfig,
  collect: () => SnapshotContents,
  log: Logger,
): Promise<SealedFile | undefined> =>
  folder === undefined || keyFile === undefined
    ? undefined
    : sealedFile(folder, await readSnapshotKey(keyFile), collect, log);

import {
  CredentialStatus,
  GatewayServiceService,
  VaultGatewayServiceService,
  type WatchCredentialsResponse,
  type WatchSnapshotResponse,
} from '@portolan/proto';
import type { RpcClient } from '@portolan/rpc';
import type { Logger } from '@portolan/service-kit';
import type { CredentialCache } from '../../credentials/cache.ts';
import type { SnapshotBook } from '../../snapshot/book.ts';
import { keepWatching, type RunningWatch } from '../../snapshot/keep-watching.ts';

/** Servers cut connections far earlier; this is for those that do not. */
const STREAM_MS = 3_600_000;
const PACE = { livenessMs: 30_000, backoffMs: 200, backoffMaxMs: 10_000 } as const;
/** A rolling restart breaks a stream or two: that is no news. */
const FAILURES_TOLD = 3;

/** Follows everything that requests may name. */
export const watchSnapshot = (
  controlPlane: RpcClient,
  book: SnapshotBook,
  { random, log }: { random: () => number; log: Logger },
): RunningWatch =>
  keepWatching<WatchSnapshotResponse>({
    ...PACE,
    random,
    open(signal) {
      book.begin();
      const request = { resumeToken: book.resumeToken() };
      return controlPlane.stream(GatewayServiceService.watchSnapshot, request, { timeoutMs: STREAM_MS, signal });
    },
    onMessage: book.receive,
    onFailure: tell(log, 'the control plane tells of no changes at the moment'),
  });

/** Follows every change to a credential. */
export const watchCredentials = (
  vault: RpcClient,
  credentials: CredentialCache,
  { random, log }: { random: () => number; log: Logger },
): RunningWatch => {
  let resumeToken = '';
  /** Since a stream without a token began, nothing was missed; before that, anything may have been. */
  let isSure = false;
  return keepWatching<WatchCredentialsResponse>({
    ...PACE,
    random,
    open(signal) {
      isSure = resumeToken !== '';
      const request = { resumeToken };
      return vault.stream(VaultGatewayServiceService.watchCredentials, request, { timeoutMs: STREAM_MS, signal });
    },
    onMessage({ event, resumeToken: token }) {
      if (!isSure) credentials.doubtAll();
      isSure = true;
      if (event?.$case === 'change') {
        const { credentialId, generation, status } = event.value;
        const isActive = status === CredentialStatus.CREDENTIAL_STATUS_ACTIVE;
        credentials.hear(credentialId, { generation, status: isActive ? 'active' : 'revoked' });
      } else if (event?.$case === 'reset') credentials.doubtAll();
      if (token !== '') resumeToken = token;
    },
    onFailure: tell(log, 'the vault tells of no changes at the moment'),
  });
};

const tell =
  (log: Logger, sentence: string) =>
  (error: unknown, failures: number): void => {
    if (failures === FAILURES_TOLD) log.warn({ err: error }, sentence);
    else log.debug({ err: error, failures }, sentence);
  };

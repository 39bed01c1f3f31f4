import { type Ask, createGenerationBook, type GenerationBook, type Standing } from '@portolan/credential-rules';
import type { ResolveCredentialResponse } from '@portolan/proto';
import { type Clock, PlatformError } from '@portolan/service-kit';
import type { Credentials } from '../ports/credentials.ts';
import type { VirtualKey } from '../ports/virtual-keys.ts';
import type { HeldCredential } from './held-credential.ts';
import { createHeldSet, type Held, usableMs } from './held-set.ts';

/** Credentials that are held: written down and taken up again by whoever keeps the snapshot. */
export interface KeptCredential {
  readonly virtualKeyId: string;
  /** Unix milliseconds of the vault's answer. */
  readonly resolvedAtMs: number;
  readonly answer: ResolveCredentialResponse;
}

export interface CredentialCache extends Credentials {
  /** What the watch of the vault tells. */
  hear(credentialId: string, heard: Standing): void;
  /** Changes may have been missed: everything is asked again before it is used, if anyone can be asked. */
  doubtAll(): void;
  /** What may be written down; the secrets in it are those in use. */
  kept(): readonly KeptCredential[];
  /** Takes up what was written down, as far as it may still be used. */
  takeUp(kept: readonly KeptCredential[]): void;
  /** How many are held. */
  size(): number;
  /** False while questions to the vault fail. */
  reaches(): boolean;
  /** Erases everything. */
  close(): void;
}

export interface CredentialCacheOptions {
  /** Asks the vault. @throws PlatformError */
  resolve(virtualKey: VirtualKey): Promise<ResolveCredentialResponse>;
  readonly clock: Clock;
  /** Something is held that was not, or is held no more. */
  onChange(): void;
}

const SWEEP_MS = 60_000;
const GENERATIONS_MAX = 100_000;
/** While the vault cannot be reached it is tried again after this. */
const RETRY_MS = 1_000;
/** An answer that was overtaken by a change on its way is asked for once more, and then again. */
const ASKS_MAX = 3;

/** Errors that say something about the credential; after any other one the vault counts as out of reach. */
const FINAL = new Set(['not_found', 'permission_denied', 'invalid_request_error']);

/** Decrypted credentials in memory, each for as long as the vault allows and somebody uses it. */
export const createCredentialCache = (options: CredentialCacheOptions): CredentialCache => {
  const { clock } = options;
  const generations: GenerationBook = createGenerationBook(GENERATIONS_MAX);
  const held = createHeldSet(clock, options.onChange);
  const asking = new Map<string, Promise<HeldCredential>>();
  /** Monotonic; undefined while the vault answers. */
  let retryFromMs: number | undefined;

  const ask = async (virtualKey: VirtualKey): Promise<HeldCredential> => {
    for (let asks = 0; asks < ASKS_MAX; asks += 1) {
      const asked: Ask = generations.ask(virtualKey.credentialId);
      const answer = await options.resolve(virtualKey);
      retryFromMs = undefined;
      if (generations.accept(asked, { generation: answer.generation, status: 'active' })) {
        return held.hold(virtualKey, answer, clock.wallMs()).credential;
      }
      for (const { value } of answer.secrets) value.fill(0);
      if (generations.standing(virtualKey.credentialId)?.status === 'revoked') {
        held.drop(virtualKey.id);
        throw revoked(virtualKey);
      }
    }
    throw new Error('the vault answers with less than it has told');
  };

  const askOnce = (virtualKey: VirtualKey): Promise<HeldCredential> => {
    // A handle that was given another credential is another question.
    const question = `${virtualKey.id} ${virtualKey.credentialId}`;
    const under = asking.get(question);
    if (under !== undefined) return under;
    const answer = ask(virtualKey)
      .catch((error: unknown) => {
        if (error instanceof PlatformError && error.type === 'invalid_provider_slug') throw error;
        if (error instanceof PlatformError && FINAL.has(error.type)) {
          held.drop(virtualKey.id);
          throw revoked(virtualKey, error);
        }
        retryFromMs = clock.monotonicMs() + RETRY_MS;
        throw unreachable(error);
      })
      .finally(() => asking.delete(question));
    asking.set(question, answer);
    return answer;
  };

  const inBackground = (virtualKey: VirtualKey): void => {
    if (retryFromMs !== undefined && clock.monotonicMs() < retryFromMs) return;
    askOnce(virtualKey).catch(() => undefined);
  };

  const usableOf = (virtualKey: VirtualKey): Held | undefined => {
    const entry = held.get(virtualKey.id);
    if (entry === undefined) return undefined;
    if (entry.virtualKey.credentialId === virtualKey.credentialId && clock.monotonicMs() < entry.usableUntilMs) {
      return entry;
    }
    held.drop(virtualKey.id);
    return undefined;
  };

  /** Not fresh any more: good only if the vault cannot say anything better. */
  const askFirst = (virtualKey: VirtualKey): HeldCredential | Promise<HeldCredential> => {
    const entry = usableOf(virtualKey);
    if (entry === undefined) return askOnce(virtualKey);
    if (retryFromMs !== undefined) {
      entry.usedAtMs = clock.monotonicMs();
      inBackground(virtualKey);
      return entry.credential;
    }
    return askOnce(virtualKey).catch((error: unknown) => {
      const still = usableOf(virtualKey);
      if (still === undefined || !(error instanceof PlatformError) || error.type !== 'vault_unavailable') throw error;
      return still.credential;
    });
  };

  // While the vault is gone, what is idle now is what will be missed later.
  const sweep = (): void => held.sweep({ sparesIdle: retryFromMs !== undefined });
  const sweeping = setInterval(sweep, SWEEP_MS).unref();

  const doubtAll = (): void => {
    for (const entry of held.all()) {
      entry.refreshFromMs = Number.NEGATIVE_INFINITY;
      entry.freshUntilMs = Number.NEGATIVE_INFINITY;
    }
  };

  return {
    of(virtualKey) {
      const entry = held.get(virtualKey.id);
      const nowMs = clock.monotonicMs();
      if (
        entry === undefined ||
        nowMs >= entry.freshUntilMs ||
        entry.virtualKey.credentialId !== virtualKey.credentialId
      ) {
        return askFirst(virtualKey);
      }
      entry.usedAtMs = nowMs;
      if (nowMs >= entry.refreshFromMs) {
        entry.refreshFromMs = entry.freshUntilMs;
        inBackground(virtualKey);
      }
      return entry.credential;
    },
    hear(credentialId, heard) {
      generations.hear(credentialId, heard);
      for (const { virtualKey, answer } of held.all()) {
        const isOlder = heard.status === 'revoked' || answer.generation < heard.generation;
        if (virtualKey.credentialId === credentialId && isOlder) held.drop(virtualKey.id);
      }
    },
    doubtAll,
    kept: () =>
      held.all().map(({ virtualKey, resolvedAtMs, answer }) => ({ virtualKeyId: virtualKey.id, resolvedAtMs, answer })),
    takeUp(kept) {
      for (const { virtualKeyId, resolvedAtMs, answer } of kept) {
        if (clock.wallMs() >= resolvedAtMs + usableMs(answer)) continue;
        generations.hear(answer.credentialId, { generation: answer.generation, status: 'active' });
        held.hold({ id: virtualKeyId, credentialId: answer.credentialId }, answer, resolvedAtMs);
      }
      // Nobody listened while it lay on disk.
      doubtAll();
    },
    size: () => held.size,
    reaches: () => retryFromMs === undefined,
    close() {
      clearInterval(sweeping);
      held.close();
    },
  };
};

const revoked = ({ slug }: VirtualKey, cause?: unknown): PlatformError =>
  new PlatformError('invalid_provider_slug', {
    public: `Following keys are not valid: ${slug}`,
    param: 'provider',
    cause,
  });

const unreachable = (cause: unknown): PlatformError =>
  new PlatformError('vault_unavailable', {
    public: 'The credential of this virtual key cannot be fetched at the moment',
    cause,
  });

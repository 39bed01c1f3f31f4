import type { Duration, ResolveCredentialResponse } from '@portolan/proto';
import type { Clock } from '@portolan/service-kit';
import { LRUCache } from 'lru-cache';
import type { VirtualKey } from '../ports/virtual-keys.ts';
import { HeldCredential } from './held-credential.ts';

/** A decrypted credential with its times, all of them monotonic but `resolvedAtMs`. */
export interface Held {
  readonly virtualKey: Pick<VirtualKey, 'id' | 'credentialId'>;
  readonly credential: HeldCredential;
  readonly answer: ResolveCredentialResponse;
  /** Unix milliseconds of the vault's answer. */
  readonly resolvedAtMs: number;
  refreshFromMs: number;
  freshUntilMs: number;
  readonly usableUntilMs: number;
  usedAtMs: number;
}

/** Decrypted credentials by the id of their virtual key. What leaves it is erased. */
export interface HeldSet {
  get(virtualKeyId: string): Held | undefined;
  /** @param resolvedAtMs  Unix milliseconds: an answer from a file is as old as it is */
  hold(virtualKey: Held['virtualKey'], answer: ResolveCredentialResponse, resolvedAtMs: number): Held;
  /** Erases it at once, also from the hands of a call. */
  drop(virtualKeyId: string): void;
  all(): readonly Held[];
  readonly size: number;
  /** Erases what was replaced a while ago, what may not be used any longer, and what nobody has used for ten minutes. */
  sweep(options: { readonly sparesIdle: boolean }): void;
  /** Erases everything. */
  close(): void;
}

const HELD_MAX = 10_000;
const IDLE_MS = 600_000;
/** From this part of its freshness on, a credential in use is asked for anew in the background. */
const REFRESH_FROM = 0.8;
/** Longer than a call takes from looking a credential up to writing it into its request. */
const RETIRED_MS = 120_000;

export const createHeldSet = (clock: Clock, onChange: () => void): HeldSet => {
  /** Replaced by a newer answer, but a call may have them in its hands. */
  let retired: { readonly credential: HeldCredential; readonly sinceMs: number }[] = [];
  const held = new LRUCache<string, Held>({
    max: HELD_MAX,
    dispose({ credential }, _id, reason) {
      if (reason === 'delete') credential.erase();
      else retired.push({ credential, sinceMs: clock.monotonicMs() });
    },
  });
  const drop = (virtualKeyId: string): void => {
    if (held.delete(virtualKeyId)) onChange();
  };
  return {
    get: (virtualKeyId) => held.get(virtualKeyId),
    hold(virtualKey, answer, resolvedAtMs) {
      const bornAtMs = clock.monotonicMs() - Math.max(0, clock.wallMs() - resolvedAtMs);
      const freshMs = toMs(answer.freshFor);
      const entry: Held = {
        virtualKey,
        credential: new HeldCredential(answer),
        answer,
        resolvedAtMs,
        refreshFromMs: bornAtMs + freshMs * REFRESH_FROM,
        freshUntilMs: bornAtMs + freshMs,
        usableUntilMs: bornAtMs + usableMs(answer),
        usedAtMs: clock.monotonicMs(),
      };
      held.set(virtualKey.id, entry);
      onChange();
      return entry;
    },
    drop,
    all: () => [...held.values()],
    get size() {
      return held.size;
    },
    sweep({ sparesIdle }) {
      const nowMs = clock.monotonicMs();
      for (const { credential, sinceMs } of retired) if (sinceMs < nowMs - RETIRED_MS) credential.erase();
      retired = retired.filter(({ sinceMs }) => sinceMs >= nowMs - RETIRED_MS);
      for (const { virtualKey, usedAtMs, usableUntilMs } of [...held.values()]) {
        const isIdle = !sparesIdle && usedAtMs < nowMs - IDLE_MS;
        if (isIdle || nowMs >= usableUntilMs) drop(virtualKey.id);
      }
    },
    close() {
      for (const { credential } of [...held.values(), ...retired]) credential.erase();
      held.clear();
      retired = [];
    },
  };
};

/** How long an answer may be used at most, ms. */
export const usableMs = ({ freshFor, usableFor }: ResolveCredentialResponse): number =>
  Math.max(toMs(freshFor), toMs(usableFor));

const toMs = (duration: Duration | undefined): number =>
  duration === undefined ? 0 : duration.seconds * 1_000 + duration.nanos / 1_000_000;

import type { ApiKeyDigest } from './digest.ts';

/** The shortest time during which the old secret still works beside the new one; also the time when none is asked for. */
export const MIN_TRANSITION_MS = 1_800_000;
/** The owner of a key is told this long before its old secret ends. */
export const WARNING_LEAD_MS = 86_400_000;

/** One secret of an API key. A key has one, or two while a rotation is under way. */
export interface KeySecret {
  readonly stored: ApiKeyDigest;
  readonly createdAtMs: number;
  /** Unix milliseconds from which on it is refused; null while no end is set. */
  readonly endsAtMs: number | null;
}

export type SecretState = 'active' | 'expiring' | 'expired';

/**
 * `active`: no end is set. `expiring`: works, and its end is known (the old secret of a rotation, or a key with an expiry).
 * `expired`: refused, from the very millisecond of its end on.
 */
export const secretState = ({ endsAtMs }: Pick<KeySecret, 'endsAtMs'>, nowMs: number): SecretState => {
  if (endsAtMs === null) return 'active';
  return nowMs < endsAtMs ? 'expiring' : 'expired';
};

/** The secrets that still open the door: at most two. */
export const liveSecrets = (secrets: readonly KeySecret[], nowMs: number): readonly KeySecret[] =>
  secrets.filter((secret) => secretState(secret, nowMs) !== 'expired');

/** When to warn that a secret ends: a day before, or at once when that has passed; null when it has no end. */
export const warnAtMs = ({ endsAtMs }: Pick<KeySecret, 'endsAtMs'>, nowMs: number): number | null =>
  endsAtMs === null ? null : Math.max(nowMs, endsAtMs - WARNING_LEAD_MS);

export type Rotation =
  | {
      readonly outcome: 'rotated';
      readonly secrets: readonly [KeySecret, KeySecret];
      readonly transitionEndsAtMs: number;
    }
  | { readonly outcome: 'refused'; readonly reason: RotationRefusal };

/**
 * `transition_running`: two secrets live already. `transition_too_short`: under `MIN_TRANSITION_MS`, or no whole number.
 * `key_expired`: no secret of the key lives any more.
 */
export type RotationRefusal = 'transition_running' | 'transition_too_short' | 'key_expired';

export interface RotationRequest {
  readonly newSecret: ApiKeyDigest;
  readonly nowMs: number;
  /** How long the old secret still works; `MIN_TRANSITION_MS` when absent. */
  readonly transitionMs?: number;
  /** When the key itself ends, if it does: neither secret outlives it. */
  readonly keyExpiresAtMs: number | null;
}

const earlier = (a: number, b: number | null): number => (b === null ? a : Math.min(a, b));

/**
 * A key gets a new secret and keeps its old one for the time of the transition.
 * @returns the secrets to store, the old one first; secrets that have ended are left out
 */
export const rotate = (secrets: readonly KeySecret[], request: RotationRequest): Rotation => {
  const { newSecret, nowMs, keyExpiresAtMs, transitionMs = MIN_TRANSITION_MS } = request;
  if (!Number.isSafeInteger(transitionMs) || transitionMs < MIN_TRANSITION_MS) {
    return { outcome: 'refused', reason: 'transition_too_short' };
  }
  const live = liveSecrets(secrets, nowMs);
  if (live.length > 1) return { outcome: 'refused', reason: 'transition_running' };
  const [old] = live;
  if (old === undefined || (keyExpiresAtMs !== null && keyExpiresAtMs <= nowMs)) {
    return { outcome: 'refused', reason: 'key_expired' };
  }
  const transitionEndsAtMs = earlier(earlier(nowMs + transitionMs, old.endsAtMs), keyExpiresAtMs);
  return {
    outcome: 'rotated',
    secrets: [
      { ...old, endsAtMs: transitionEndsAtMs },
      { stored: newSecret, createdAtMs: nowMs, endsAtMs: keyExpiresAtMs },
    ],
    transitionEndsAtMs,
  };
};

import type { Notice } from '@portolan/providers';

/** One try at one target: part of that target's log record. */
export interface Attempt {
  /** Milliseconds after the call began. */
  readonly startMs: number;
  readonly durationMs: number;
  /** What the attempt came to: the provider's status, or the one our own failure stands for. */
  readonly status: number;
  /** Our error name where the failure was ours to name. */
  readonly error: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** One target tried with all its attempts: one log record. */
export interface Trial {
  readonly id: string;
  /** `config.targets[1]` and the like. */
  readonly path: string;
  readonly provider: string | undefined;
  readonly virtualKey: string | undefined;
  readonly model: string | undefined;
  readonly stream: boolean;
  readonly status: number;
  readonly attempts: readonly Attempt[];
  /** 0 none, n succeeded on retry n, -1 gave up. */
  readonly retryCount: number;
  readonly notices: readonly Notice[];
  /** What was sent when it was not the caller's own body. */
  readonly sentBody: Uint8Array | undefined;
  /** The error body this target answered with, unless it succeeded. */
  readonly errorBody: Uint8Array | undefined;
}

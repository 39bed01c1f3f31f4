import { hash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Peppers, possibleDigests } from '@portolan/api-key';
import { type GetPeppersResponse, VaultPepperServiceService } from '@portolan/proto';
import type { UnaryCaller } from '@portolan/rpc';
import type { Logger } from '@portolan/service-kit';
import { LRUCache } from 'lru-cache';
import { backoffAfter } from '../../snapshot/keep-watching.ts';

/** The peppers under which API keys are recognised. */
export interface HeldPeppers {
  readonly known: boolean;
  /** A key's digests as hex, the most likely first; none while no pepper is known. */
  digests(key: string): readonly string[];
  /** Whether a digest made under this pepper can be recognised. */
  has(pepperId: string): boolean;
  /** Asks again now: something was digested under a pepper that is not known here. */
  refresh(): void;
  kept(): GetPeppersResponse | undefined;
  close(): void;
}

const DIGESTED_MAX = 10_000;
const ASK_MS = 2_000;
const REFRESH_MS = 60_000;
const BACKOFF = { backoffMs: 200, backoffMaxMs: 10_000 };

export interface HoldPeppersOptions {
  random(): number;
  readonly log: Logger;
  /** From the snapshot on disk. */
  readonly kept: GetPeppersResponse | undefined;
  onChange(): void;
}

/** Asks the vault for the peppers until it gets them, and from then on every minute. */
export const holdPeppers = (vault: UnaryCaller, { random, log, kept, onChange }: HoldPeppersOptions): HeldPeppers => {
  let answer: GetPeppersResponse | undefined;
  let peppers: Peppers | undefined;
  // A keyed digest costs several times a plain one, and the same few keys call again and again.
  const digested = new LRUCache<string, readonly string[]>({ max: DIGESTED_MAX });
  const closing = new AbortController();
  let wake = new AbortController();

  const takeUp = (given: GetPeppersResponse): void => {
    const { current, previous } = given;
    if (current === undefined) throw new Error('an answer without a pepper');
    const isSame = answer?.current?.id === current.id && answer.previous?.id === previous?.id;
    if (isSame) return;
    answer = given;
    digested.clear();
    peppers = {
      current: { id: current.id, secret: current.value },
      previous: previous === undefined ? null : { id: previous.id, secret: previous.value },
    };
    onChange();
  };

  if (kept !== undefined) takeUp(kept);

  const run = async (): Promise<void> => {
    for (let failures = 0; !closing.signal.aborted; ) {
      try {
        const options = { timeoutMs: ASK_MS, signal: closing.signal };
        takeUp(await vault.unary(VaultPepperServiceService.getPeppers, {}, options));
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 3)
          log.warn({ err: error, known: peppers !== undefined }, 'the vault does not give the peppers');
      }
      const pauseMs = failures === 0 ? REFRESH_MS : backoffAfter(failures, { ...BACKOFF, random });
      wake = new AbortController();
      const signal = AbortSignal.any([closing.signal, wake.signal]);
      await wait(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  void run();

  return {
    get known() {
      return peppers !== undefined;
    },
    digests(key) {
      if (peppers === undefined) return [];
      const name = hash('sha256', key, 'base64url');
      let digests = digested.get(name);
      if (digests === undefined) {
        digests = possibleDigests(key, peppers).map(({ digest }) => Buffer.from(digest).toString('hex'));
        digested.set(name, digests);
      }
      return digests;
    },
    has: (pepperId) => peppers?.current.id === pepperId || peppers?.previous?.id === pepperId,
    refresh: () => wake.abort(),
    kept: () => answer,
    close: () => closing.abort(),
  };
};

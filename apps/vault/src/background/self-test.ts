import type { Clock } from '@portolan/service-kit';
import { testCanary } from '../keyring/canary.ts';
import type { Keyring } from '../keyring/get-or-create.ts';
import type { Canaries, Canary } from '../ports/canaries.ts';

export interface SelfTestParts {
  readonly canaries: Canaries;
  /** Without a cache, so that the root key is really asked. */
  readonly keyring: Keyring;
  readonly clock: Clock;
  /** Told of every organization whose canary does not open. */
  readonly onUnreadable: (organizationId: string) => void;
}

export interface SelfTest {
  /** Opens the canary of every organization. */
  all(signal: AbortSignal): Promise<void>;
  /** Opens those whose last test is longest ago: a few, and no longer than a moment. */
  some(): Promise<void>;
}

const PAGE_SIZE = 100;
const SOME_MAX = 100;
const SOME_MS = 2_000;

export const createSelfTest = ({ canaries, keyring, clock, onUnreadable }: SelfTestParts): SelfTest => {
  const test = async (canary: Canary): Promise<void> => {
    if (!(await testCanary(canaries, keyring, canary, clock.wallMs()))) onUnreadable(canary.organizationId);
  };
  return {
    all: async (signal) => {
      let after = '';
      while (!signal.aborted) {
        const page = await canaries.list(after, PAGE_SIZE);
        for (const canary of page) {
          if (signal.aborted) return;
          await test(canary);
          after = canary.organizationId;
        }
        if (page.length < PAGE_SIZE) return;
      }
    },
    some: async () => {
      const untilMs = clock.monotonicMs() + SOME_MS;
      for (const canary of await canaries.stalest(SOME_MAX)) {
        if (clock.monotonicMs() > untilMs) return;
        await test(canary);
      }
    },
  };
};

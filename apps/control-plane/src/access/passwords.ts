import { PlatformError, type Secret } from '@portolan/service-kit';
import { hashPassword, matchesHash, SCRYPT_COST, type ScryptCost } from './password-hash.ts';

/** Keeps and compares passwords. The work is heavy: only a few run at once, and few may wait. */
export interface Passwords {
  /** @throws PlatformError  `too_many_requests` when too many wait */
  hash(password: Secret): Promise<string>;
  /**
   * Whether this is the password. Without a stored hash the same work is done for nothing, so that nobody can tell from the time
   * which accounts exist.
   */
  matches(password: Secret, stored: string | null): Promise<boolean>;
}

export interface PasswordOptions {
  readonly cost?: ScryptCost;
  readonly atOnce?: number;
  readonly waitingMax?: number;
}

const AT_ONCE = 2;
const WAITING_MAX = 32;
const RETRY_AFTER_S = 2;

export const createPasswords = ({
  cost = SCRYPT_COST,
  atOnce = AT_ONCE,
  waitingMax = WAITING_MAX,
}: PasswordOptions = {}): Passwords => {
  let running = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMax) {
        throw new PlatformError('too_many_requests', {
          public: 'Too many people are signing in at the moment. Try again in a few seconds.',
          retryAfterS: RETRY_AFTER_S,
        });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // A turn is handed on, so that nobody can come in between.
      if (next === undefined) running -= 1;
      else next();
    }
  };
  let nobody: Promise<string> | undefined;
  return {
    hash: (password) => inTurn(() => hashPassword(password.reveal(), cost)),
    async matches(password, stored) {
      nobody ??= hashPassword('nobody', cost);
      const against = stored ?? (await nobody);
      const equal = await inTurn(() => matchesHash(password.reveal(), against));
      return stored !== null && equal;
    },
  };
};

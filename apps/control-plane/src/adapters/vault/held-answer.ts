export interface HeldAnswerOptions<Answer> {
  /** @throws PlatformError when the vault does not answer */
  ask(): Promise<Answer>;
  /** Whether an answer has a key with this id. */
  has(answer: Answer, id: string): boolean;
  readonly clock: { monotonicMs(): number };
}

/** Keys change by an operator's hand only, and those before stay good for long. */
const FRESH_MS = 60_000;
/** A process that nobody has called for so long waits for the answer, or it would make keys under a pepper that is long replaced. */
const TOO_OLD_MS = 120_000;
/** An id that the vault does not have either, or a vault that is gone, must not make every look-up ask. */
const ASK_AGAIN_MS = 1_000;

/**
 * What the vault has answered, from memory once asked. While newer keys are asked for, and while the vault is gone, what is held
 * serves on; never for longer than two minutes, while the vault answers.
 * @returns  a function of the id of a key that has been seen in use: when that is not among those held, they are asked for anew
 */
export const heldAnswer = <Answer>({
  ask,
  has,
  clock,
}: HeldAnswerOptions<Answer>): ((knownAs?: string) => Promise<Answer>) => {
  let held: { readonly answer: Answer; readonly atMs: number } | undefined;
  let failed: { readonly error: unknown; readonly atMs: number } | undefined;
  let asking: Promise<Answer> | undefined;

  const askNow = async (): Promise<Answer> => {
    try {
      const answer = await ask();
      held = { answer, atMs: clock.monotonicMs() };
      failed = undefined;
      return answer;
    } catch (error) {
      failed = { error, atMs: clock.monotonicMs() };
      throw error;
    } finally {
      asking = undefined;
    }
  };
  const askOnce = (): Promise<Answer> => {
    asking ??= askNow();
    return asking;
  };
  const isLongAgo = (at: { readonly atMs: number } | undefined): boolean =>
    at === undefined || clock.monotonicMs() - at.atMs > ASK_AGAIN_MS;

  return async (knownAs) => {
    if (held === undefined) {
      if (failed !== undefined && !isLongAgo(failed)) throw failed.error;
      return askOnce();
    }
    const isMissing = knownAs !== undefined && !has(held.answer, knownAs);
    if (isMissing && isLongAgo(held) && isLongAgo(failed)) return askOnce();
    const ageMs = clock.monotonicMs() - held.atMs;
    if (ageMs <= FRESH_MS || !isLongAgo(failed)) return held.answer;
    const { answer } = held;
    const newest = askOnce().catch(() => answer);
    // Once the vault has been found gone, nobody waits for it any more.
    return ageMs > TOO_OLD_MS && failed === undefined ? newest : answer;
  };
};

/** What somebody holds or hears of a credential: how often it had been changed, and whether it was alive then. */
export interface Standing {
  readonly generation: number;
  readonly status: 'active' | 'revoked';
}

/**
 * Which of two standings of one credential is true now: the later one, however late it was heard; death when they are of one
 * generation. Nothing follows a revocation, so a revoked credential stays revoked whatever is heard.
 */
export const settle = <S extends Standing>(known: S | undefined, heard: S): S => {
  if (known === undefined) return heard;
  if (known.status === 'revoked') return known;
  if (heard.status === 'revoked') return heard;
  return heard.generation > known.generation ? heard : known;
};

/** A question to the vault, as the book saw it begin. */
export interface Ask {
  readonly credentialId: string;
  readonly startedAt: number;
}

/**
 * What a gateway has heard of each credential, bounded. Something forgotten for want of room leaves one trace: answers to
 * questions from before that moment are not believed, since they may be older than what was forgotten.
 */
export interface GenerationBook {
  ask(credentialId: string): Ask;
  /** A message of the watch stream. */
  hear(credentialId: string, heard: Standing): void;
  /** Whether an answer may be used. If not, the question is asked again or the credential is dead; `standing` says which. */
  accept(ask: Ask, answer: Standing): boolean;
  standing(credentialId: string): Standing | undefined;
}

export const createGenerationBook = (entriesMax: number): GenerationBook => {
  /** `since`: from which moment on nothing about the credential was missed. */
  const known = new Map<string, { readonly standing: Standing; readonly since: number }>();
  let moment = 0;
  let forgotAt = 0;

  const keep = (credentialId: string, standing: Standing): void => {
    const since = known.get(credentialId)?.since ?? moment;
    known.delete(credentialId);
    known.set(credentialId, { standing, since });
    if (known.size <= entriesMax) return;
    const oldest = known.keys().next();
    if (oldest.done !== true) known.delete(oldest.value);
    forgotAt = moment;
  };

  return {
    ask: (credentialId) => {
      moment += 1;
      return { credentialId, startedAt: moment };
    },
    hear: (credentialId, heard) => {
      moment += 1;
      keep(credentialId, settle(known.get(credentialId)?.standing, heard));
    },
    accept: ({ credentialId, startedAt }, answer) => {
      const held = known.get(credentialId);
      const sawItAll = held !== undefined && held.since < startedAt;
      if (!sawItAll && startedAt <= forgotAt) return false;
      const settled = settle(held?.standing, answer);
      keep(credentialId, settled);
      return settled.status === 'active' && settled.generation === answer.generation;
    },
    standing: (credentialId) => known.get(credentialId)?.standing,
  };
};

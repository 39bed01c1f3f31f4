import type { Flag, Given } from '../arguments/command.ts';
import { Refused } from '../failure.ts';
import type { Io } from '../io.ts';

export const YES_FLAG: Flag = {
  name: 'yes',
  letter: 'y',
  text: 'Does it without asking; needed where there is no terminal.',
};

/** Asks before something that cannot be taken back. @throws Refused  without a yes */
export const confirmed = async (io: Io, given: Given, question: string): Promise<void> => {
  if (given.has('yes')) return;
  if (!io.stdinIsTerminal) throw new Refused(`${question} Say so with --yes.`);
  const answer = await io.ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new Refused('Nothing was done.');
};

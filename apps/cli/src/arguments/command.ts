import type { Context } from '../context.ts';
import type { Json } from '../json.ts';

export interface Flag {
  /** Without its dashes. */
  readonly name: string;
  /** What stands for its value in the help; absent: the flag has none. */
  readonly value?: string;
  /** One letter for it. */
  readonly letter?: string;
  /** It may be given several times. */
  readonly many?: true;
  readonly text: string;
}

export interface Operand {
  readonly name: string;
  readonly optional?: true;
}

/** The arguments of one call, after they were found to be possible. */
export interface Given {
  /** A value that the table says is required. */
  operand(name: string): string;
  optionalOperand(name: string): string | undefined;
  text(flag: string): string | undefined;
  /** @throws Refused  naming the flag */
  required(flag: string): string;
  all(flag: string): readonly string[];
  has(flag: string): boolean;
}

/** What a command says: the same for people and for programs. */
export interface Answer {
  /** For stdout; ends in a line break unless it is empty. */
  readonly text: string;
  readonly json: Json;
  readonly exitCode?: number;
}

export interface Command {
  /** `['configs', 'list']` */
  readonly words: readonly string[];
  /** Other ways to say it. */
  readonly aliases?: readonly (readonly string[])[];
  readonly operands?: readonly Operand[];
  readonly flags?: readonly Flag[];
  /** One sentence for the list of commands. */
  readonly text: string;
  /** More, for its own help. */
  readonly notes?: string;
  run(context: Context, given: Given): Promise<Answer>;
}

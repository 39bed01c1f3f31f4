import { parseArgs } from 'node:util';
import { nearestName } from '@portolan/config-schema';
import { Refused } from '../failure.ts';
import type { Command, Flag, Given } from './command.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';

const allWords = ({ words, aliases = [] }: Command): readonly (readonly string[])[] => [words, ...aliases];

const startsWith = (args: readonly string[], words: readonly string[]): boolean =>
  words.every((word, at) => args[at] === word);

/** Where the words end that name a command: the first argument that is a flag. */
const leading = (args: readonly string[]): readonly string[] => {
  const end = args.findIndex((argument) => argument.startsWith('-'));
  return end < 0 ? args : args.slice(0, end);
};

export interface Found {
  readonly command: Command;
  /** How it was called: an alias may narrow it. */
  readonly words: readonly string[];
  readonly rest: readonly string[];
}

/** The command that the arguments begin with; the longest name wins. */
export const findCommand = (commands: readonly Command[], args: readonly string[]): Found | undefined => {
  const words = leading(args);
  const [best] = commands
    .flatMap((command) => allWords(command).map((name) => ({ command, name })))
    .filter(({ name }) => startsWith(words, name))
    .toSorted((a, b) => b.name.length - a.name.length);
  return best && { command: best.command, words: best.name, rest: args.slice(best.name.length) };
};

/** What to say to words that name no command. */
export const unknownCommand = (commands: readonly Command[], args: readonly string[]): string => {
  const [first = '', second] = leading(args);
  const names = commands.flatMap(allWords);
  const inGroup = names.filter(([group]) => group === first).flatMap(([, word]) => word ?? []);
  if (inGroup.length > 0) {
    const nearest = second === undefined ? undefined : nearestName(second, inGroup);
    const hint = nearest === undefined ? `: ${[...new Set(inGroup)].join(', ')}` : `; did you mean "${nearest}"?`;
    return second === undefined ? `"${first}" needs a second word${hint}` : `There is no "${first} ${second}"${hint}`;
  }
  const nearest = nearestName(first, [...new Set(names.flatMap(([group]) => group ?? []))]);
  return `There is no command "${first}"${nearest === undefined ? '; see portolan --help.' : `; did you mean "${nearest}"?`}`;
};

const flagsOf = ({ flags = [] }: Command): readonly Flag[] => [...flags, ...GLOBAL_FLAGS];

const assertKnown = (flags: readonly Flag[], name: string): void => {
  if (flags.some((flag) => flag.name === name)) return;
  const nearest = nearestName(
    name,
    flags.map((flag) => flag.name),
  );
  throw new Refused(`There is no flag --${name}${nearest === undefined ? '.' : `; did you mean --${nearest}?`}`);
};

const options = (flags: readonly Flag[]) =>
  Object.fromEntries(
    flags.map(({ name, value, letter }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: true as const,
        ...(letter === undefined ? {} : { short: letter }),
      },
    ]),
  );

/** Flags and operands as they stand. @throws Refused  with the nearest name for what nobody knows */
const split = (flags: readonly Flag[], rest: readonly string[]) => {
  const { tokens, values, positionals } = parseArgs({
    args: [...rest],
    options: options(flags),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    assertKnown(flags, token.name);
    const flag = flags.find(({ name }) => name === token.name);
    if (flag?.value === undefined && token.value !== undefined) throw new Refused(`--${token.name} takes no value.`);
    if (flag?.value !== undefined && (token.value === undefined || token.value === '')) {
      throw new Refused(`--${token.name} needs a value: --${token.name} ${flag.value}.`);
    }
  }
  return { values, positionals };
};

/**
 * The arguments after the words of a command.
 * @throws Refused  naming what is wrong
 */
export const readGiven = (command: Command, rest: readonly string[]): Given => {
  const flags = flagsOf(command);
  const { operands = [] } = command;
  const { values, positionals } = split(flags, rest);
  const named = new Map(operands.map(({ name }, at) => [name, positionals[at]]));
  const all = (flag: string): readonly string[] => (values[flag] ?? []).map(String);
  for (const { name, many } of flags) {
    if (many === undefined && all(name).length > 1) throw new Refused(`--${name} is given more than once.`);
  }
  const isHelp = all('help').length > 0;
  const missing = operands.find(({ name, optional }) => optional === undefined && named.get(name) === undefined);
  if (missing !== undefined && !isHelp) {
    throw new Refused(`${command.words.join(' ')} needs ${missing.name.toUpperCase()}; see --help.`);
  }
  const extra = positionals[operands.length];
  if (extra !== undefined && !isHelp) throw new Refused(`"${extra}" is one argument too many; see --help.`);
  const text = (flag: string): string | undefined => all(flag)[0];
  return {
    operand: (name) => named.get(name) ?? '',
    optionalOperand: (name) => named.get(name),
    text,
    required: (flag) => {
      const value = text(flag);
      if (value === undefined) throw new Refused(`${command.words.join(' ')} needs --${flag}; see --help.`);
      return value;
    },
    all,
    has: (flag) => all(flag).length > 0,
  };
};

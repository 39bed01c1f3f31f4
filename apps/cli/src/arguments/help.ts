import type { Command, Flag } from './command.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';

const WIDTH = 100;

const wrap = (text: string, indent: number): string => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && indent + last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
};

const table = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.min(34, Math.max(...rows.map(([name]) => name.length)));
  return rows
    .map(([name, text]) => {
      const gap = name.length > width ? `\n${' '.repeat(width + 4)}` : ' '.repeat(width - name.length + 2);
      return `  ${name}${gap}${wrap(text, width + 4)}\n`;
    })
    .join('');
};

const flagName = ({ name, letter, value, many }: Flag): string =>
  `${letter === undefined ? '' : `-${letter}, `}--${name}${value === undefined ? '' : ` ${value}`}${many ? ' …' : ''}`;

/** `portolan configs get SLUG` */
export const usageOf = ({ words, operands = [] }: Command): string =>
  [
    'portolan',
    ...words,
    ...operands.map(({ name, optional }) => (optional ? `[${name.toUpperCase()}]` : name.toUpperCase())),
  ].join(' ');

const flagTable = (flags: readonly Flag[]): string => table(flags.map((flag) => [flagName(flag), flag.text] as const));

/** The help of one command. */
export const commandHelp = (command: Command): string => {
  const { flags = [], aliases = [], notes } = command;
  const also = aliases.length === 0 ? '' : `Also: ${aliases.map((words) => words.join(' ')).join(', ')}\n\n`;
  const own = flags.length === 0 ? '' : `\nFlags:\n${flagTable(flags)}`;
  const more = notes === undefined ? '' : `\n${wrap(notes, 0)}\n`;
  return `Usage: ${usageOf(command)}${flags.length === 0 ? '' : ' [flags]'}\n\n${also}${wrap(command.text, 0)}\n${more}${own}\nEverywhere:\n${flagTable(GLOBAL_FLAGS)}`;
};

const commandTable = (commands: readonly Command[]): string =>
  table(commands.map((command) => [usageOf(command).replace('portolan ', ''), command.text] as const));

/** The help of everything, or of the commands that begin with one word. */
export const groupHelp = (commands: readonly Command[], group: string | undefined): string => {
  const shown = group === undefined ? commands : commands.filter(({ words }) => words[0] === group);
  return `Usage: portolan ${group ?? 'COMMAND'} …

Commands:
${commandTable(shown)}
Everywhere:
${flagTable(GLOBAL_FLAGS)}
portolan COMMAND --help says more about one command.
Exit codes: 0 done; 1 the answer is no (diff: something would change, audit verify: the chain is broken); 2 an error.
`;
};

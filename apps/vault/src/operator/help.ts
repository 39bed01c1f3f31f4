import type { OperatorCommand } from './commands.ts';

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

const usageOf = ({ name, operands }: OperatorCommand): string =>
  [name, ...operands.map((operand) => operand.toUpperCase())].join(' ');

const table = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, text]) => `  ${name.padEnd(width)}${wrap(text, width + 2)}\n`).join('');
};

const FLAGS = table([
  ['--json', 'Prints JSON for programs, errors too.'],
  ['--help, -h', 'Shows help.'],
]);

/** The help of one command. */
export const commandHelp = (command: OperatorCommand): string =>
  `Usage: operator ${usageOf(command)} [flags]\n\n${wrap(command.text, 0)}\n\n${wrap(command.notes, 0)}\n\nFlags:\n${FLAGS}`;

/** The help of everything. */
export const allHelp = (
  commands: readonly OperatorCommand[],
  variables: readonly (readonly [string, string])[],
): string =>
  `Usage: operator COMMAND [flags]

What an operator may ask of a vault that runs. No answer carries a secret.

Commands:
${table(commands.map((command) => [usageOf(command), command.text] as const))}
Flags:
${FLAGS}
Variables:
${table(variables)}
operator COMMAND --help says more about one command.
Exit codes: 0 done; 1 the answer is no (status: sealed or unreadable, rotate-root-key: some refused); 2 an error.
`;

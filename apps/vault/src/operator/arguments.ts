import { parseArgs } from 'node:util';
import { nearestName } from '../domain/nearest-name.ts';
import type { OperatorCommand } from './commands.ts';
import { Refused } from './failure.ts';

const FLAGS = ['json', 'help'];

/** The arguments of one call, after they were found to be possible. */
export interface Given {
  /** Absent: help of all commands is asked for. */
  readonly command: OperatorCommand | undefined;
  readonly operands: readonly string[];
  readonly asksForHelp: boolean;
  readonly isJson: boolean;
}

/** Whether errors are for programs, also those of arguments that cannot be read. */
export const asksForJson = (args: readonly string[]): boolean => args.includes('--json');

const meant = (nearest: string | undefined): string =>
  nearest === undefined ? '; see operator --help.' : `; did you mean "${nearest}"?`;

const assertKnownFlag = (name: string, value: string | undefined): void => {
  if (!FLAGS.includes(name)) {
    const nearest = nearestName(name, FLAGS);
    throw new Refused(`There is no flag --${name}${meant(nearest && `--${nearest}`)}`);
  }
  if (value !== undefined) throw new Refused(`--${name} takes no value.`);
};

/** @throws Refused  naming what is wrong, with the nearest name for what nobody knows */
export const readArguments = (commands: readonly OperatorCommand[], args: readonly string[]): Given => {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const flags = tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
  for (const { name, value } of flags) assertKnownFlag(name, value);
  const has = (flag: string): boolean => flags.some(({ name }) => name === flag);
  const [name, ...operands] = positionals;
  const asked = { operands, asksForHelp: has('help'), isJson: has('json') };
  if (name === undefined || name === 'help') return { ...asked, command: undefined, asksForHelp: true };
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    const nearest = nearestName(
      name,
      commands.map((one) => one.name),
    );
    throw new Refused(`There is no command "${name}"${meant(nearest)}`);
  }
  if (asked.asksForHelp) return { ...asked, command };
  const missing = command.operands[operands.length];
  if (missing !== undefined) throw new Refused(`${name} needs ${missing.toUpperCase()}; see operator --help.`);
  const extra = operands[command.operands.length];
  if (extra !== undefined) throw new Refused(`"${extra}" is one argument too many; see operator --help.`);
  return { ...asked, command };
};

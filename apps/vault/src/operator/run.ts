import { InvalidEnvironment, PlatformError, parseEnv } from '@portolan/service-kit';
import { asksForJson, readArguments } from './arguments.ts';
import { OPERATOR_COMMANDS } from './commands.ts';
import { vaultOperatorEnv } from './config.ts';
import { connect } from './connect.ts';
import { EXIT, failureAsJson, Refused, renderFailure } from './failure.ts';
import { allHelp, commandHelp } from './help.ts';

/** The world around a command, so that tests can be one. */
export interface OperatorIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who asks, for the audit of the vault: `user:<name>`. */
  readonly actor: string;
  out(text: string): void;
  err(text: string): void;
}

const VARIABLES = Object.entries(vaultOperatorEnv.shape).map(
  ([name, { description = '' }]) => [name, description] as const,
);

/** What the vault says comes from its settings and errors: nothing in it may steer a terminal. */
const printable = (text: string): string => text.replaceAll(/[^\P{C}\n]/gu, '?');

const isExpected = (error: unknown): error is Error =>
  error instanceof Refused || error instanceof InvalidEnvironment || error instanceof PlatformError;

const answer = async (args: readonly string[], io: OperatorIo): Promise<number> => {
  const { command, operands, asksForHelp, isJson } = readArguments(OPERATOR_COMMANDS, args);
  if (command === undefined || asksForHelp) {
    io.out(command === undefined ? allHelp(OPERATOR_COMMANDS, VARIABLES) : commandHelp(command));
    return EXIT.done;
  }
  const vault = await connect(parseEnv(vaultOperatorEnv, io.env));
  try {
    const { text, json, isWell } = await command.run(vault, { actor: io.actor, operands });
    io.out(isJson ? `${JSON.stringify(json, undefined, 2)}\n` : printable(text));
    return isWell ? EXIT.done : EXIT.no;
  } finally {
    vault.close();
  }
};

/**
 * One command of an operator.
 * @returns its exit code; everything that can be expected to go wrong is told on stderr, not thrown
 */
export const runOperator = async (args: readonly string[], io: OperatorIo): Promise<number> => {
  try {
    return await answer(args, io);
  } catch (error) {
    if (!isExpected(error)) throw error;
    io.err(asksForJson(args) ? failureAsJson(error) : printable(renderFailure(error)));
    return EXIT.error;
  }
};

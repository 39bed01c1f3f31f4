import type { Answer, Command, Given } from './arguments/command.ts';
import { commandHelp, groupHelp } from './arguments/help.ts';
import { findCommand, readGiven, unknownCommand } from './arguments/parse.ts';
import { commands } from './commands/index.ts';
import type { Context } from './context.ts';
import { ApiFailure, EXIT, failureAsJson, Refused, renderFailure } from './failure.ts';
import { createClient } from './http/client.ts';
import type { Io } from './io.ts';
import { credentialsPath, readProfiles } from './session/credentials-file.ts';
import { chooseTarget } from './session/target.ts';
import { timeoutMs } from './timeout.ts';

const contextOf = (io: Io, given: Given): Context => {
  const target = () =>
    chooseTarget(
      { url: given.text('url'), workspace: given.text('workspace'), profile: given.text('profile') },
      io.env,
      readProfiles(credentialsPath(io)),
    );
  const workspace = () => target().workspace;
  return {
    io,
    api: () => createClient({ ...target(), timeoutMs: timeoutMs(given) }, io),
    workspace,
    inWorkspace: () => {
      const named = workspace();
      return named === undefined ? {} : { workspace_id: named };
    },
  };
};

const answerOf = async (command: Command, given: Given, io: Io): Promise<Answer> => {
  timeoutMs(given);
  return command.run(contextOf(io, given), given);
};

const print = (io: Io, answer: Answer, isJson: boolean): number => {
  io.out(isJson ? `${JSON.stringify(answer.json, undefined, 2)}\n` : answer.text);
  return answer.exitCode ?? EXIT.done;
};

const asksForHelp = (args: readonly string[]): boolean =>
  args.some((argument) => argument === '--help' || argument === '-h');

/** Help that was asked for, or that is all there is to say; undefined when a command is to be run. */
const help = (args: readonly string[]): string | undefined => {
  const [first] = args;
  if (first === undefined || first === 'help') return groupHelp(commands, args[1]);
  if (!asksForHelp(args)) return undefined;
  const found = findCommand(commands, args);
  if (found !== undefined) return commandHelp(found.command);
  return groupHelp(commands, commands.some(({ words }) => words[0] === first) ? first : undefined);
};

/**
 * One call of the command line.
 * @returns its exit code; everything that can be expected to go wrong is told on stderr, not thrown
 */
export const run = async (args: readonly string[], io: Io): Promise<number> => {
  const isJson = args.includes('--json');
  try {
    const text = help(args);
    if (text !== undefined) {
      io.out(text);
      return EXIT.done;
    }
    const found = findCommand(commands, args);
    if (found === undefined) throw new Refused(unknownCommand(commands, args));
    const given = readGiven(found.command, found.rest);
    return print(io, await answerOf(found.command, given, io), isJson);
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof ApiFailure)) throw error;
    io.err(isJson ? failureAsJson(error) : renderFailure(error));
    return EXIT.error;
  }
};

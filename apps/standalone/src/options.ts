import { envInteger, parseEnv } from '@portolan/service-kit';
import * as z from 'zod';
import { OPTIONS } from './help.mjs';

const standaloneEnv = z.object({
  PORTOLAN_PORT: envInteger({ min: 0, max: 65_535, whenAbsent: 8787 }),
  PORTOLAN_HOST: z.string().default('127.0.0.1'),
  PORTOLAN_DATA_DIR: z.string().default('.portolan'),
  PORTOLAN_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{16,512}$/, 'must be 16 to 512 visible ASCII characters without blanks')
    .optional(),
});

export interface Options {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** Absent: the key kept in the data directory, made at the first start. */
  readonly apiKey: string | undefined;
}

export class UnknownArgument extends Error {}

const valueFlags = new Map(
  OPTIONS.flatMap(({ flag, value, variable }) => (flag && value && variable ? [[flag, variable] as const] : [])),
);

/**
 * `--flag value` and `--flag=value` as the variables they stand for.
 * @throws UnknownArgument  naming the argument and where to look
 */
export const flagsAsVariables = (args: readonly string[]): Record<string, string> => {
  const variables: Record<string, string> = {};
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    const equals = argument.indexOf('=');
    const flag = equals < 0 ? argument : argument.slice(0, equals);
    const variable = valueFlags.get(flag);
    if (variable === undefined) throw new UnknownArgument(`Unknown option ${argument}; see npm start -- --help.`);
    if (equals < 0) index += 1;
    const value = equals < 0 ? args[index] : argument.slice(equals + 1);
    if (value === undefined || value === '') throw new UnknownArgument(`${flag} needs a value.`);
    variables[variable] = value;
  }
  return variables;
};

/** True when the arguments ask for the help text. */
export const asksForHelp = (args: readonly string[]): boolean => args.includes('--help') || args.includes('-h');

/**
 * The options of one start; a flag wins over its variable.
 * @throws UnknownArgument
 * @throws InvalidEnvironment  all unusable values together
 */
export const readOptions = (args: readonly string[], env: Readonly<Record<string, string | undefined>>): Options => {
  const parsed = parseEnv(standaloneEnv, { ...env, ...flagsAsVariables(args) });
  return {
    port: parsed.PORTOLAN_PORT,
    host: parsed.PORTOLAN_HOST,
    dataDir: parsed.PORTOLAN_DATA_DIR,
    apiKey: parsed.PORTOLAN_API_KEY,
  };
};

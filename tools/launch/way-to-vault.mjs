import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FLAG = '--data-dir';

/** The arguments without `--data-dir DIR` or `--data-dir=DIR`, and that folder; undefined where none is named. */
export const takeDataDir = (args) => {
  const at = args.findIndex((argument) => argument === FLAG || argument.startsWith(`${FLAG}=`));
  if (at < 0) return { rest: args, dataDir: undefined };
  const [argument, next] = args.slice(at);
  const isTwoWords = argument === FLAG;
  const dataDir = isTwoWords ? next : argument.slice(FLAG.length + 1);
  if (dataDir === undefined || dataDir === '') throw new Error(`${FLAG} needs a value.`);
  return { rest: [...args.slice(0, at), ...args.slice(at + (isTwoWords ? 2 : 1))], dataDir };
};

/** Help needs no vault. */
export const asksForHelp = ([first, ...others]) =>
  [undefined, 'help', '--help', '-h'].includes(first) || others.some((word) => word === '--help' || word === '-h');

const OWN_WAY = ['VAULT_OPERATOR_TARGET', 'VAULT_OPERATOR_TLS_DIR', 'VAULT_OPERATOR_TOKEN_FILE'];

/**
 * The variables that lead to the vault of a platform on this machine, from what it leaves in its data folder while it runs. None
 * where the environment leads to another vault.
 * @param dataDir  as named by a flag; it wins over the environment
 * @throws Error  when no platform runs on that folder
 */
export const wayToVault = (dataDir, env) => {
  if (dataDir === undefined && OWN_WAY.some((name) => env[name])) return {};
  const file = join(resolve(dataDir ?? (env.PORTOLAN_DATA_DIR || '.portolan')), 'keys', 'operator.json');
  if (!existsSync(file)) {
    throw new Error(
      `There is no ${file}, which a running platform leaves there: start it, name its folder with ${FLAG}, ` +
        'or set the VAULT_OPERATOR_… variables.',
    );
  }
  const { target, tokenFile } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    VAULT_OPERATOR_TARGET: target,
    VAULT_OPERATOR_TOKEN_FILE: tokenFile,
    VAULT_OPERATOR_TLS_DIR: '',
    VAULT_OPERATOR_SERVER_NAMES: '',
  };
};

import { envList } from '@portolan/service-kit';
import * as z from 'zod';

/** How the operator's commands reach a vault that runs. None of it is a secret: the files named here hold those. */
export const vaultOperatorEnv = z
  .object({
    VAULT_OPERATOR_TARGET: z.string().default('127.0.0.1:7443').describe('Where the vault is, `dns:///vault:7443`.'),
    VAULT_OPERATOR_TLS_DIR: z
      .string()
      .optional()
      .describe(
        'Folder with tls.crt, tls.key and ca.crt of an operator, for mutual TLS. This or the token is required, and not both.',
      ),
    VAULT_OPERATOR_SERVER_NAMES: envList().describe(
      'With mutual TLS: alternative names, one of which the certificate of the vault bears, `DNS:vault`; comma separated.',
    ),
    VAULT_OPERATOR_TOKEN_FILE: z
      .string()
      .optional()
      .describe(
        "File with the operator's token, for plaintext that stays on this machine. A standalone platform writes it.",
      ),
  })
  .superRefine((env, context) => {
    const wrong = (variable: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [variable], message });
    const { VAULT_OPERATOR_TLS_DIR: tls, VAULT_OPERATOR_TOKEN_FILE: token } = env;
    if (tls === undefined && token === undefined) wrong('VAULT_OPERATOR_TLS_DIR', 'this or VAULT_OPERATOR_TOKEN_FILE');
    if (tls !== undefined && token !== undefined)
      wrong('VAULT_OPERATOR_TOKEN_FILE', 'not beside VAULT_OPERATOR_TLS_DIR');
    if (tls !== undefined && env.VAULT_OPERATOR_SERVER_NAMES.length === 0) {
      wrong('VAULT_OPERATOR_SERVER_NAMES', 'is required with VAULT_OPERATOR_TLS_DIR');
    }
  });

export type VaultOperatorConfig = z.output<typeof vaultOperatorEnv>;

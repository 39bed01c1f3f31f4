import { envFlag, envInteger, envList } from '@portolan/service-kit';
import * as z from 'zod';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

/** Everything the control plane reads from its environment. Each variable is optional unless it says otherwise. */
export const controlPlaneEnv = z.object({
  CONTROL_PLANE_HOST: z.string().default('127.0.0.1').describe('Address of the management API.'),
  CONTROL_PLANE_PORT: envInteger({ min: 0, max: 65_535, whenAbsent: 8788 }).describe(
    'Port of the management API; 0 takes a free one.',
  ),
  CONTROL_PLANE_RPC_HOST: z.string().default('127.0.0.1').describe('Address that gateways reach it at.'),
  CONTROL_PLANE_RPC_PORT: envInteger({ min: 0, max: 65_535, whenAbsent: 7444 }).describe(
    'Port for gateways; 0 takes a free one.',
  ),
  CONTROL_PLANE_HEALTH_HOST: z.string().default('127.0.0.1').describe('Address of the health and metrics listener.'),
  CONTROL_PLANE_HEALTH_PORT: z
    .union([z.literal('off'), z.coerce.number().int().min(0).max(65_535)])
    .default(9092)
    .describe('Port of /livez, /readyz and /metrics; `off` leaves them out.'),
  CONTROL_PLANE_DATABASE_URL: z
    .string()
    .optional()
    .describe('PostgreSQL, `postgres://user:password@host:port/database`. Absent: the embedded database.'),
  CONTROL_PLANE_DATABASE_PASSWORD_FILE: z.string().optional().describe('File with the password for that URL.'),
  CONTROL_PLANE_DATA_DIR: z
    .string()
    .optional()
    .describe('Folder of the embedded database. Required without CONTROL_PLANE_DATABASE_URL.'),
  CONTROL_PLANE_REDIS_URL: z
    .string()
    .optional()
    .describe(
      'Redis of the job queue. Absent: jobs are kept in the embedded database. Required with CONTROL_PLANE_DATABASE_URL.',
    ),
  CONTROL_PLANE_REDIS_PASSWORD_FILE: z.string().optional().describe('File with the password for that URL.'),
  CONTROL_PLANE_VAULT_TARGET: z.string().default('127.0.0.1:7443').describe('Where the vault is, `dns:///vault:7443`.'),
  CONTROL_PLANE_TLS_DIR: z
    .string()
    .optional()
    .describe('Folder with tls.crt, tls.key and ca.crt for mutual TLS with gateways and the vault.'),
  CONTROL_PLANE_LOOPBACK_TOKENS_FILE: z
    .string()
    .optional()
    .describe(
      'JSON file of tokens by service, for plaintext on one machine. One of this and CONTROL_PLANE_TLS_DIR is required.',
    ),
  CONTROL_PLANE_GATEWAY_NAMES: envList().describe(
    'With mutual TLS: the names that a gateway may bear in its certificate, `DNS:…` or `URI:spiffe://…`, comma separated.',
  ),
  CONTROL_PLANE_VAULT_NAMES: envList().describe(
    'With mutual TLS: the names that the vault may bear in its certificate.',
  ),
  CONTROL_PLANE_PUBLIC_URL: z
    .url()
    .default('http://127.0.0.1:8787')
    .describe('Where people reach the platform: links in invites begin with it.'),
  CONTROL_PLANE_BODY_LIMIT_BYTES: envInteger({ min: 1_024, max: 104_857_600, whenAbsent: 4_194_304 }).describe(
    'Largest request body.',
  ),
  CONTROL_PLANE_REQUEST_TIMEOUT_MS: envInteger({ min: 100, max: 3_600_000, whenAbsent: 30_000 }).describe(
    'A client must have sent its whole request by then.',
  ),
  CONTROL_PLANE_TRUSTED_PROXIES: envList().describe(
    'Addresses or ranges whose `x-forwarded-for` is believed: those of the gateways, comma separated.',
  ),
  CONTROL_PLANE_SMTP_URL_FILE: z
    .string()
    .optional()
    .describe('File with the mail server, `smtps://user:password@host:465`. Absent: no mail is sent.'),
  CONTROL_PLANE_MAIL_FROM: z.string().default('Portolan <no-reply@localhost>').describe('Sender of mail.'),
  CONTROL_PLANE_WEBHOOK_URL: z
    .url()
    .optional()
    .describe('Program that is told what people are told by mail, new secrets of rotated keys among it.'),
  CONTROL_PLANE_WEBHOOK_SECRET_FILE: z
    .string()
    .optional()
    .describe(
      'File with the secret that messages to the webhook are signed with. Required with CONTROL_PLANE_WEBHOOK_URL.',
    ),
  TRUSTED_CUSTOM_HOSTS: envList().describe(
    'Private hosts that credentials may name: exact names, `*.suffix` or CIDR ranges, as the gateways have them.',
  ),
  CONTROL_PLANE_ORGANIZATION: z
    .string()
    .default('My organisation')
    .describe('Name of the organisation that the first start makes.'),
  CONTROL_PLANE_SESSION_LIFETIME_S: envInteger({ min: 900, max: 2_592_000, whenAbsent: 43_200 }).describe(
    'How long people stay signed in, in seconds; at least 900.',
  ),
  CONTROL_PLANE_OIDC_ISSUER: z
    .url()
    .optional()
    .describe(
      'Identity provider that people sign in at (OpenID Connect). Its redirect URI is <public URL>/v1/auth/oidc/callback.',
    ),
  CONTROL_PLANE_OIDC_CLIENT_ID: z.string().optional().describe('Client id at the identity provider.'),
  CONTROL_PLANE_OIDC_CLIENT_SECRET_FILE: z.string().optional().describe('File with the client secret.'),
  CONTROL_PLANE_OIDC_SCOPES: envList().describe(
    'Scopes to ask for besides openid, comma separated. Absent: email and profile.',
  ),
  CONTROL_PLANE_OIDC_ALLOWED_DOMAINS: envList().describe(
    'Domains of e-mail addresses whose people become members without an invite, comma separated; `*.example.com` for all below one.',
  ),
  CONTROL_PLANE_OIDC_AUTO_PROVISION: envFlag(true).describe(
    'Whether people of the allowed domains become members when they first sign in; `false` asks for invites.',
  ),
  CONTROL_PLANE_OWNER_EMAIL: z.string().optional().describe('First administrator, made when there is nobody yet.'),
  CONTROL_PLANE_OWNER_PASSWORD_FILE: z
    .string()
    .optional()
    .describe('File with the password of the first administrator.'),
  CONTROL_PLANE_WORKSPACE_KEY_FILE: z
    .string()
    .optional()
    .describe('File with an API key for the default workspace, taken in at every start.'),
  CONTROL_PLANE_ADMIN_KEY_FILE: z
    .string()
    .optional()
    .describe('File with an API key that administers the organisation, taken in at every start.'),
  CONTROL_PLANE_CHANGE_POLL_MS: envInteger({ min: 10, max: 10_000, whenAbsent: 100 }).describe(
    'How often changes are looked for while gateways watch.',
  ),
  CONTROL_PLANE_RUN_JOBS: envFlag(true).describe('Whether this instance works on jobs.'),
  CONTROL_PLANE_DRAIN_DELAY_MS: envInteger({ min: 0, max: 600_000, whenAbsent: 5_000 }).describe(
    'Accepting on after SIGTERM, until balancers have noticed.',
  ),
  CONTROL_PLANE_DRAIN_GRACE_MS: envInteger({ min: 0, max: 3_600_000, whenAbsent: 30_000 }).describe(
    'Time for calls and jobs in flight after SIGTERM.',
  ),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least severe line that is written.'),
});

export type ControlPlaneConfig = z.output<typeof controlPlaneEnv>;

import { envInteger, envList } from '@portolan/service-kit';
import * as z from 'zod';

/** Names as certificates bear them; without any, those that a service has in its own namespace. */
const nameList = (service: string) =>
  envList().transform((names) => (names.length > 0 ? names : [`DNS:${service}`, `DNS:${service}.portolan.svc`]));

/** What the gateway reads from its environment wherever its keys and configs come from. */
const door = z.object({
  GATEWAY_HOST: z.string().default('127.0.0.1').describe('Address the data plane listens on.'),
  GATEWAY_PORT: envInteger({ min: 0, max: 65_535, whenAbsent: 8787 }).describe(
    'Port of the data plane; 0 takes a free one.',
  ),
  GATEWAY_HEALTH_HOST: z.string().default('127.0.0.1').describe('Address of the health and metrics listener.'),
  GATEWAY_HEALTH_PORT: z
    .union([z.literal('off'), z.coerce.number().int().min(0).max(65_535)])
    .default(9090)
    .describe('Port of /livez, /readyz and /metrics; `off` leaves them out.'),
  GATEWAY_LOG_DIR: z.string().optional().describe('Folder for log records as JSON lines. Absent: none are kept.'),
  GATEWAY_REHEARSAL_URL: z
    .url()
    .optional()
    .describe('Base URL of the rehearsal provider; enables `provider: "rehearsal"`.'),
  TRUSTED_CUSTOM_HOSTS: envList().describe(
    'Custom hosts that may be private: exact names, `*.suffix` or CIDR ranges, comma separated.',
  ),
  GATEWAY_CORS_ORIGINS: envList().describe('Origins whose pages may call, comma separated; `*` for all. Empty: none.'),
  HEADERS_TO_METADATA: envList().describe('Request headers copied into the metadata of a call, comma separated.'),
  GATEWAY_BODY_LIMIT_BYTES: envInteger({ min: 1_024, max: 1_073_741_824, whenAbsent: 104_857_600 }).describe(
    'Largest request body.',
  ),
  GATEWAY_MAX_IN_FLIGHT: envInteger({ min: 1, max: 1_000_000, whenAbsent: 5_000 }).describe(
    'Requests served at once; more get 503.',
  ),
  GATEWAY_CLIENT_HEADERS_TIMEOUT_MS: envInteger({ min: 100, max: 3_600_000, whenAbsent: 5_000 }).describe(
    'A client must have sent its headers by then.',
  ),
  GATEWAY_CLIENT_BODY_TIMEOUT_MS: envInteger({ min: 100, max: 3_600_000, whenAbsent: 120_000 }).describe(
    'A client must have sent its whole request by then.',
  ),
  GATEWAY_CLIENT_STALL_TIMEOUT_MS: envInteger({ min: 100, max: 3_600_000, whenAbsent: 60_000 }).describe(
    'A client that reads nothing for this long is cut.',
  ),
  GATEWAY_TOTAL_TIMEOUT_MS: envInteger({ min: 0, max: 86_400_000, whenAbsent: 0 }).describe(
    'Deadline of a whole call, all attempts; 0 for none. `total_timeout` in a config wins.',
  ),
  GATEWAY_FIRST_TOKEN_TIMEOUT_MS: envInteger({ min: 0, max: 86_400_000, whenAbsent: 0 }).describe(
    'Deadline of the first token of a stream; 0 for none. `first_token_timeout` in a config wins.',
  ),
  GATEWAY_STREAM_IDLE_TIMEOUT_MS: envInteger({ min: 1, max: 86_400_000, whenAbsent: 120_000 }).describe(
    'Longest silence inside a stream. `stream_idle_timeout` in a config wins.',
  ),
  GATEWAY_UPSTREAM_TIMEOUT_MS: envInteger({ min: 1, max: 86_400_000, whenAbsent: 300_000 }).describe(
    'Longest wait for one answer where no timeout is set; also the longest silence inside a plain answer.',
  ),
  GATEWAY_CONNECT_TIMEOUT_MS: envInteger({ min: 1, max: 600_000, whenAbsent: 10_000 }).describe(
    'Connecting to a provider, TLS included; kept to about a second.',
  ),
  GATEWAY_UPSTREAM_CONNECTIONS: envInteger({ min: 1, max: 65_535, whenAbsent: 256 }).describe(
    'Connections to one provider host.',
  ),
  GATEWAY_RETRY_BASE_MS: envInteger({ min: 1, max: 60_000, whenAbsent: 1_000 }).describe(
    'Wait before the first retry; it doubles with each further one.',
  ),
  GATEWAY_DRAIN_DELAY_MS: envInteger({ min: 0, max: 600_000, whenAbsent: 5_000 }).describe(
    'Accepting on after SIGTERM, until balancers have noticed.',
  ),
  GATEWAY_DRAIN_GRACE_MS: envInteger({ min: 0, max: 86_400_000, whenAbsent: 900_000 }).describe(
    'Time for calls in flight after SIGTERM.',
  ),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least severe line that is written.'),
});

/** Keys, configs and credentials from three files: a gateway by itself. */
const files = z.object({
  GATEWAY_SOURCE: z
    .literal('files')
    .optional()
    .describe('Where keys, configs and credentials come from: `files` (the default) or `platform`.'),
  GATEWAY_API_KEYS_FILE: z
    .string()
    .describe('Required with `files`. File with one API key per line; lines starting with # are skipped.'),
  GATEWAY_CONFIGS_DIR: z.string().optional().describe('With `files`: folder of saved configs, one `pc-….json` each.'),
  GATEWAY_VIRTUAL_KEYS_FILE: z.string().optional().describe('With `files`: JSON file of provider credentials by slug.'),
  GATEWAY_INLINE_CONFIGS: z
    .enum(['allow', 'deny'])
    .default('allow')
    .describe('With `files`: `deny` accepts saved configs only. On the platform each organization decides.'),
});

/** Keys, configs, prompts and credentials from a control plane and a vault. */
const platform = z.object({
  GATEWAY_SOURCE: z.literal('platform'),
  GATEWAY_CONTROL_PLANE_TARGET: z
    .string()
    .describe('Required with `platform`. gRPC of the control plane, e.g. `dns:///control-plane:7444`.'),
  GATEWAY_VAULT_TARGET: z.string().describe('Required with `platform`. gRPC of the vault, e.g. `dns:///vault:7443`.'),
  GATEWAY_MANAGEMENT_URL: z
    .url({ protocol: /^https?$/ })
    .describe('Required with `platform`. HTTP of the control plane, where management paths are passed on to.'),
  GATEWAY_TLS_DIR: z
    .string()
    .optional()
    .describe('With `platform`: folder with tls.crt, tls.key and ca.crt for mutual TLS; followed when it changes.'),
  GATEWAY_CONTROL_PLANE_NAMES: nameList('control-plane').describe(
    'With mutual TLS: alternative names, one of which the certificate of the control plane bears; comma separated.',
  ),
  GATEWAY_VAULT_NAMES: nameList('vault').describe(
    'With mutual TLS: alternative names, one of which the certificate of the vault bears; comma separated.',
  ),
  GATEWAY_LOOPBACK_TOKEN_FILE: z
    .string()
    .optional()
    .describe('With `platform`, instead of TLS on one machine: file with the token that proves who we are.'),
  GATEWAY_SNAPSHOT_DIR: z
    .string()
    .optional()
    .describe(
      'With `platform`: folder for the sealed snapshot, by which a restart needs neither control plane nor vault.',
    ),
  GATEWAY_SNAPSHOT_KEY_FILE: z
    .string()
    .optional()
    .describe('File with the key of the sealed snapshot: 32 bytes in base64. Absent: no snapshot is kept on disk.'),
});

/** Everything the gateway reads from its environment. Each variable is optional unless it says otherwise. */
export const gatewayEnv = z.discriminatedUnion('GATEWAY_SOURCE', [
  door.extend(files.shape),
  door.extend(platform.shape).superRefine((env, context) => {
    const given = [env.GATEWAY_TLS_DIR, env.GATEWAY_LOOPBACK_TOKEN_FILE].filter((path) => path !== undefined);
    if (given.length !== 1) {
      const message = 'Exactly one of GATEWAY_TLS_DIR and GATEWAY_LOOPBACK_TOKEN_FILE is needed';
      context.addIssue({ code: 'custom', path: ['GATEWAY_TLS_DIR'], message });
    }
    if (env.GATEWAY_SNAPSHOT_KEY_FILE !== undefined && env.GATEWAY_SNAPSHOT_DIR === undefined) {
      const message = 'Needed where GATEWAY_SNAPSHOT_KEY_FILE is given';
      context.addIssue({ code: 'custom', path: ['GATEWAY_SNAPSHOT_DIR'], message });
    }
  }),
]);

export type GatewayConfig = z.output<typeof gatewayEnv>;
export type FilesConfig = Extract<GatewayConfig, { readonly GATEWAY_API_KEYS_FILE: string }>;
export type PlatformConfig = Extract<GatewayConfig, { readonly GATEWAY_SOURCE: 'platform' }>;

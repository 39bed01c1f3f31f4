import { randomBytes } from 'node:crypto';
import {
  CredentialStatus,
  Pepper,
  type ResolveCredentialResponse,
  VaultGatewayServiceService,
  VaultPepperServiceService,
  WatchCredentialsResponse,
} from '@portolan/proto';
import { type Certificates, createRpcServer, serverStream, unary } from '@portolan/rpc';
import { PlatformError } from '@portolan/service-kit';
import { ERRORS, transportOf } from './control-plane-stand-in.ts';

export interface StoredInVault {
  readonly provider: string;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly allowedHosts: readonly string[];
  /** Milliseconds. */
  readonly freshForMs?: number;
  readonly usableForMs?: number;
}

export interface VaultStandIn {
  readonly target: string;
  readonly pepper: Pepper;
  readonly resolves: string[];
  put(id: string, stored: StoredInVault): void;
  /** The credential is dead, and everybody who watches hears it. */
  revoke(id: string): void;
  /** Answers that are asked for from now on wait until they are let go, with what was true when they were asked for. */
  holdAnswers(): () => void;
  /** How many watch now. */
  watchers(): number;
  stop(): Promise<void>;
}

const FRESH_MS = 300_000;
const USABLE_MS = 86_400_000;

export const startVault = async (
  options: { port?: number; pepper?: Pepper; certificates?: Certificates } = {},
): Promise<VaultStandIn> => {
  const stored = new Map<string, StoredInVault & { readonly generation: number }>();
  const generations = new Map<string, number>();
  const changes: { id: string; generation: number; isRevoked: boolean }[] = [];
  const listeners = new Set<() => void>();
  const resolves: string[] = [];
  const pepper = options.pepper ?? Pepper.create({ id: 'p1', value: randomBytes(32) });
  let watchers = 0;
  let held: Promise<void> | undefined;

  const tell = (id: string, isRevoked: boolean) => {
    changes.push({ id, generation: generations.get(id) ?? 0, isRevoked });
    for (const listener of [...listeners]) listener();
  };
  const raise = (id: string): number => {
    const generation = (generations.get(id) ?? 0) + 1;
    generations.set(id, generation);
    return generation;
  };
  const waitFor = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      listeners.add(done);
      signal.addEventListener('abort', done, { once: true });
    });

  const server = createRpcServer({
    methods: [
      unary(VaultGatewayServiceService.resolveCredential, async ({ credentialId }) => {
        resolves.push(credentialId);
        const found = stored.get(credentialId);
        await held;
        if (found === undefined) throw new PlatformError('not_found', { public: 'There is no such credential.' });
        return answerOf(credentialId, found);
      }),
      serverStream(VaultGatewayServiceService.watchCredentials, async function* ({ resumeToken }, { signal }) {
        let at = resumeToken === '' ? changes.length : Number(resumeToken);
        watchers += 1;
        try {
          yield WatchCredentialsResponse.create({ event: { $case: 'heartbeat', value: {} }, resumeToken: String(at) });
          while (!signal.aborted) {
            for (; at < changes.length; at += 1) {
              const change = changes[at];
              if (change !== undefined) yield eventOf(change, at + 1);
            }
            await waitFor(signal);
          }
        } finally {
          watchers -= 1;
        }
      }),
      unary(VaultPepperServiceService.getPeppers, async () => ({ current: pepper, previous: undefined })),
    ],
    access: {
      [VaultGatewayServiceService.resolveCredential.path]: ['gateway'],
      [VaultGatewayServiceService.watchCredentials.path]: ['gateway'],
      [VaultPepperServiceService.getPeppers.path]: ['gateway'],
    },
    identities: { gateway: ['DNS:gateway'] },
    transport: transportOf(options.certificates),
    errors: ERRORS,
    onUnexpected: (error) => {
      throw error;
    },
  });
  const port = await server.listen('127.0.0.1', options.port ?? 0);
  server.setServing(true);
  return {
    target: `127.0.0.1:${port}`,
    pepper,
    resolves,
    put(id, credential) {
      stored.set(id, { ...credential, generation: raise(id) });
      tell(id, false);
    },
    revoke(id) {
      stored.delete(id);
      raise(id);
      tell(id, true);
    },
    holdAnswers() {
      let letGo = () => {};
      held = new Promise((resolve) => {
        letGo = resolve;
      });
      return () => {
        held = undefined;
        letGo();
      };
    },
    watchers: () => watchers,
    stop: () => server.stop(0),
  };
};

const answerOf = (
  credentialId: string,
  {
    provider,
    settings = {},
    secrets = {},
    allowedHosts,
    generation,
    freshForMs,
    usableForMs,
  }: StoredInVault & {
    readonly generation: number;
  },
): ResolveCredentialResponse => ({
  credentialId,
  provider,
  settingsJson: JSON.stringify(settings),
  secrets: Object.entries(secrets).map(([field, text]) => ({ field, value: Buffer.from(text) })),
  allowedHosts: [...allowedHosts],
  generation,
  version: generation,
  freshFor: toDuration(freshForMs ?? FRESH_MS),
  usableFor: toDuration(usableForMs ?? USABLE_MS),
});

const toDuration = (ms: number) => ({ seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 });

const eventOf = (
  { id, generation, isRevoked }: { id: string; generation: number; isRevoked: boolean },
  next: number,
): WatchCredentialsResponse => ({
  event: {
    $case: 'change',
    value: {
      credentialId: id,
      organizationId: 'org-1',
      generation,
      status: isRevoked ? CredentialStatus.CREDENTIAL_STATUS_REVOKED : CredentialStatus.CREDENTIAL_STATUS_ACTIVE,
    },
  },
  resumeToken: String(next),
});

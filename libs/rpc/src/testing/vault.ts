import { ResolveCredentialResponse, VaultGatewayServiceService, WatchCredentialsResponse } from '@portolan/proto';
import { createRpcClient, type RpcClient, type RpcClientOptions } from '../client.ts';
import type { CallContext } from '../context.ts';
import { serverStream, unary } from '../method.ts';
import { createRpcServer, type RpcServer, type RpcServerOptions } from '../server.ts';
import { ERRORS } from './errors.ts';

export const RESOLVE = VaultGatewayServiceService.resolveCredential;
export const WATCH = VaultGatewayServiceService.watchCredentials;
export const TOKEN = 'a token of this test';

export const requestFor = (credentialId: string) => ({ organizationId: 'o', workspaceId: 'w', credentialId });

export interface Behaviour {
  readonly resolve?: (slug: string, context: CallContext) => Promise<string>;
  readonly watch?: (context: CallContext) => AsyncIterable<string>;
}

export interface TestServer {
  readonly server: RpcServer;
  readonly port: number;
  readonly target: string;
  /** Unexpected errors, as the server told of them. */
  readonly unexpected: unknown[];
}

/** A server of the vault's gateway service: resolving answers with a provider name, watching with resume tokens. */
export const startVault = async (
  { resolve = async (slug) => slug, watch }: Behaviour,
  options: Partial<RpcServerOptions> & { readonly port?: number } = {},
): Promise<TestServer> => {
  const unexpected: unknown[] = [];
  const server = createRpcServer({
    methods: [
      unary(RESOLVE, async ({ credentialId }, context) =>
        ResolveCredentialResponse.create({ provider: await resolve(credentialId, context) }),
      ),
      serverStream(WATCH, async function* (_request, context) {
        if (watch === undefined) return;
        for await (const resumeToken of watch(context)) yield WatchCredentialsResponse.create({ resumeToken });
      }),
    ],
    access: { [RESOLVE.path]: ['gateway'], [WATCH.path]: ['gateway'] },
    identities: {},
    transport: { kind: 'loopback-plaintext', tokens: { gateway: TOKEN, console: 'another token' } },
    errors: ERRORS,
    onUnexpected: (error) => unexpected.push(error),
    ...options,
  });
  const port = await server.listen('127.0.0.1', options.port ?? 0);
  server.setServing(true);
  return { server, port, target: `127.0.0.1:${port}`, unexpected };
};

export const clientOf = (target: string, options: Partial<RpcClientOptions> = {}): RpcClient =>
  createRpcClient({
    target,
    transport: { kind: 'loopback-plaintext', token: TOKEN },
    errors: ERRORS,
    idempotent: [],
    ...options,
  });

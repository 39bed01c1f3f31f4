import { randomUUID } from 'node:crypto';
import {
  CreateCredentialRequest,
  type Credential,
  type ResolveCredentialResponse,
  VaultGatewayServiceService,
  VaultServiceService,
} from '@portolan/proto';
import type { RpcClient } from '@portolan/rpc';
import { PlatformError } from '@portolan/service-kit';
import { IN_TIME, type RunningVault } from './vault-service.ts';

export const settingsOf = (settings: Readonly<Record<string, unknown>>): Buffer =>
  Buffer.from(JSON.stringify(settings));

export const ACTOR = 'user:tester';

/** A request that makes a credential for OpenAI in workspace `ws-1` of `org-1`. */
export const creation = (
  more: Partial<Omit<CreateCredentialRequest, 'settingsJson'>> & {
    readonly settings?: Readonly<Record<string, unknown>>;
  } = {},
): CreateCredentialRequest => {
  const { settings = { key: 'sk-canary-0123456789' }, ...rest } = more;
  return CreateCredentialRequest.create({
    id: randomUUID(),
    organizationId: 'org-1',
    workspaceId: 'ws-1',
    provider: 'openai',
    settingsJson: settingsOf(settings),
    actor: ACTOR,
    ...rest,
  });
};

const present = (credential: Credential | undefined): Credential => {
  if (credential === undefined) throw new Error('The answer has no credential.');
  return credential;
};

export const create = async (vault: RunningVault, request: CreateCredentialRequest): Promise<Credential> => {
  const { credential } = await vault.as('control-plane').unary(VaultServiceService.createCredential, request, IN_TIME);
  return present(credential);
};

export const resolve = (
  vault: RunningVault,
  credentialId: string,
  { organizationId = 'org-1', workspaceId = 'ws-1' } = {},
): Promise<ResolveCredentialResponse> =>
  vault
    .as('gateway')
    .unary(VaultGatewayServiceService.resolveCredential, { organizationId, workspaceId, credentialId }, IN_TIME);

/** The secrets of a credential of `ws-1`, as a gateway gets them. */
export const secretsOf = async (gateway: RpcClient, credentialId: string): Promise<Readonly<Record<string, string>>> =>
  secretsIn(
    await gateway.unary(
      VaultGatewayServiceService.resolveCredential,
      { organizationId: 'org-1', workspaceId: 'ws-1', credentialId },
      IN_TIME,
    ),
  );

/** The secrets of an answer, by field. */
export const secretsIn = ({ secrets }: ResolveCredentialResponse): Readonly<Record<string, string>> =>
  Object.fromEntries(secrets.map(({ field, value }) => [field, value.toString('utf8')]));

export const revoke = async (vault: RunningVault, id: string, organizationId = 'org-1'): Promise<Credential> => {
  const request = { organizationId, id, actor: ACTOR };
  const { credential } = await vault.as('control-plane').unary(VaultServiceService.revokeCredential, request, IN_TIME);
  return present(credential);
};

/** The error of a call that must fail. */
export const failureOf = async (call: Promise<unknown>): Promise<PlatformError> => {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof PlatformError) return outcome;
  throw new Error('The call did not fail with an error of the platform.', { cause: outcome });
};

import { readFile } from 'node:fs/promises';
import { type Clock, Secret } from '@portolan/service-kit';
import { RootKeyUnavailable } from '../../ports/root-key.ts';
import { askKms, type TokenSource, textAt } from './kms-call.ts';

/**
 * A token in a file that an agent renews; read anew for each call, because a KMS is asked seldom.
 * @throws RootKeyUnavailable when it is missing or empty
 */
export const tokenFile =
  (path: string): TokenSource =>
  async () => {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new RootKeyUnavailable(`${path}: the token cannot be read.`, { cause });
    });
    if (text.trim() === '') throw new RootKeyUnavailable(`${path}: holds no token.`);
    return new Secret(text.trim());
  };

/** How long before its end a token is replaced. */
const RENEW_EARLY_MS = 60_000;

interface MetadataToken {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const secondsAt = (answer: unknown): number => {
  const value = typeof answer === 'object' && answer !== null && 'expires_in' in answer ? Number(answer.expires_in) : 0;
  return Number.isFinite(value) ? value : 0;
};

/** A token from an instance's metadata service, kept until shortly before its end. */
const metadataToken = ({ url, headers, service, timeoutMs, clock }: MetadataToken): TokenSource => {
  let held: { readonly token: Secret; readonly untilMs: number } | undefined;
  return async () => {
    if (held !== undefined && clock.monotonicMs() < held.untilMs) return held.token;
    const askedAtMs = clock.monotonicMs();
    const answer = await askKms({ method: 'GET', url, headers, timeoutMs, service });
    const token = new Secret(textAt(answer, ['access_token'], service));
    held = { token, untilMs: askedAtMs + secondsAt(answer) * 1000 - RENEW_EARLY_MS };
    return token;
  };
};

export interface MetadataSettings {
  /** Default: the address that the cloud documents. */
  readonly endpoint?: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * The token of the service account that a Google Cloud workload runs as.
 * @source Google's Compute Engine documentation, "Access tokens from the metadata server"
 */
export const googleMetadataToken = ({
  endpoint = 'http://metadata.google.internal',
  ...rest
}: MetadataSettings): TokenSource =>
  metadataToken({
    url: `${endpoint}/computeMetadata/v1/instance/service-accounts/default/token`,
    headers: { 'metadata-flavor': 'Google' },
    service: 'The Google metadata service',
    ...rest,
  });

/**
 * The token of the managed identity that an Azure workload runs as, for Key Vault.
 * @param clientId which identity, where there are several
 * @source Microsoft's Entra documentation, "How to use managed identities on a virtual machine to acquire an access token"
 */
export const azureManagedIdentityToken = ({
  endpoint = 'http://169.254.169.254',
  clientId,
  ...rest
}: MetadataSettings & { readonly clientId?: string }): TokenSource => {
  const query = new URLSearchParams({
    'api-version': '2018-02-01',
    resource: 'https://vault.azure.net',
    ...(clientId === undefined ? {} : { client_id: clientId }),
  });
  return metadataToken({
    url: `${endpoint}/metadata/identity/oauth2/token?${query}`,
    headers: { metadata: 'true' },
    service: 'The Azure metadata service',
    ...rest,
  });
};

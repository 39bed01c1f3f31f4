import { type Clock, Secret } from '@portolan/service-kit';
import { RootKeyUnavailable } from '../../ports/root-key.ts';
import type { AwsCredentials } from './aws-signature.ts';
import { askKms, findText, type TokenSource, textAt } from './kms-call.ts';

export interface ContainerCredentialsSettings {
  /** What the environment of a pod or task calls `AWS_CONTAINER_CREDENTIALS_FULL_URI`. */
  readonly url: string;
  /** The token in the file that it calls `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`; see `tokenFile`. */
  readonly token: TokenSource;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const SERVICE = 'The container credentials service';

/** How long before their end credentials are replaced. */
const RENEW_EARLY_MS = 300_000;

/**
 * The temporary credentials of the role that a pod (EKS Pod Identity) or a task (ECS) runs as, kept until shortly before their
 * end. An answer without an end is used once.
 * @source AWS's SDK reference, "Container credential provider"
 */
export const containerCredentials = ({
  url,
  token,
  timeoutMs,
  clock,
}: ContainerCredentialsSettings): (() => Promise<AwsCredentials>) => {
  let held: { readonly credentials: AwsCredentials; readonly untilMs: number } | undefined;
  return async () => {
    if (held !== undefined && clock.wallMs() < held.untilMs) return held.credentials;
    const headers = { authorization: (await token()).reveal() };
    const answer = await askKms({ method: 'GET', url, headers, timeoutMs, service: SERVICE });
    const sessionToken = findText(answer, ['Token']);
    const credentials: AwsCredentials = {
      accessKeyId: textAt(answer, ['AccessKeyId'], SERVICE),
      secretAccessKey: new Secret(textAt(answer, ['SecretAccessKey'], SERVICE)),
      ...(sessionToken === undefined ? {} : { sessionToken: new Secret(sessionToken) }),
    };
    const endMs = Date.parse(findText(answer, ['Expiration']) ?? '');
    if (endMs <= clock.wallMs()) throw new RootKeyUnavailable(`${SERVICE} gave credentials that have ended.`);
    held = Number.isNaN(endMs) ? undefined : { credentials, untilMs: endMs - RENEW_EARLY_MS };
    return credentials;
  };
};

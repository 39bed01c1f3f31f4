import type { ErrorName } from '@portolan/service-kit';

/** Why an attempt brought no answer. Ours to name: the provider said nothing, or nothing usable. */
export interface Failure {
  readonly type: ErrorName;
  readonly message: string;
  readonly code?: string;
  /** True for what happened on the wire: such failures are retried while attempts remain, whatever the status list says. */
  readonly network: boolean;
  /** True when no further attempt or target may follow: the call itself is over. */
  readonly final: boolean;
  /** True when the message is about the provider's answer: the error body then names the provider. */
  readonly ofProvider?: boolean;
}

const failure = (type: ErrorName, message: string, rest: Partial<Failure> = {}): Failure => ({
  type,
  message,
  network: false,
  final: false,
  ...rest,
});

export const attemptTimeout = (ms: number): Failure =>
  failure('timeout_error', `Request exceeded the timeout sent in the request: ${ms}ms`);

export const firstTokenTimeout = (ms: number): Failure =>
  failure('timeout_error', `No token arrived within the first token timeout: ${ms}ms`);

export const totalTimeout = (ms: number): Failure =>
  failure('timeout_error', `The call exceeded its total timeout: ${ms}ms`, { final: true });

export const upstreamTimeout = (provider: string): Failure =>
  failure('upstream_timeout', `${provider} did not answer in time`);

export const clientClosed = (): Failure =>
  failure('client_closed', 'The client closed the connection', { final: true });

export const STREAM_CLOSED = 'upstream connection closed before the response was complete';

export const cutBeforeStart = (): Failure =>
  failure('connection_error', STREAM_CLOSED, { network: true, code: 'stream_truncated' });

export const invalidAnswer = (message: string): Failure =>
  failure('invalid_upstream_response', message, { ofProvider: true });

const codeOf = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
};

/** Node's and undici's errors in our words. Nothing of the address or the URL is let out. */
export const connectionFailure = (provider: string, error: unknown): Failure => {
  const code = codeOf(error);
  switch (code) {
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return failure('connect_timeout', `Timed out connecting to ${provider}`, { network: true });
    case 'EGRESS_DENIED':
      return failure('invalid_request_error', 'Invalid custom host', { code });
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
    case 'HPE_INVALID_CONSTANT':
      return failure('invalid_upstream_response', `${provider} sent an answer that breaks HTTP`, {
        network: true,
        code,
      });
    default:
      return failure('connection_error', `Could not connect to ${provider}`, { network: true, code });
  }
};

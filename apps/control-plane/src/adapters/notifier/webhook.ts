import { createHmac, randomUUID } from 'node:crypto';
import type { Clock, Secret } from '@portolan/service-kit';
import type { Message, Notifier } from '../../ports/notifier.ts';

const DEADLINE_MS = 10_000;
const SECOND_MS = 1_000;

export interface WebhookOptions {
  /** HTTPS, or HTTP on this machine. */
  readonly url: string;
  /** What bodies are signed with. */
  readonly secret: Secret;
  readonly clock: Pick<Clock, 'wallMs'>;
}

const bodyOf = ({ kind, organizationId, to, subject, text, facts, secret }: Message, id: string): string =>
  JSON.stringify({
    id,
    kind,
    organisation_id: organizationId,
    recipients: to,
    subject,
    text,
    facts,
    ...(secret === undefined ? {} : { secret: secret.reveal() }),
  });

/** `t=<Unix seconds>,v1=<hex>`: HMAC-SHA-256 of the time, a dot and the body. The time lets a receiver refuse what is replayed. */
export const signatureOf = (secret: Secret, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac('sha256', secret.reveal()).update(`${seconds}.${body}`).digest('hex')}`;

const isSafe = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
};

/** A program that is told of every message, each signed. @throws Error for an address that secrets may not be sent to */
export const webhookNotifier = ({ url, secret, clock }: WebhookOptions): Notifier => {
  if (!isSafe(url)) throw new Error('A webhook needs an https address: messages may hold secrets.');
  return {
    carriesSecrets: () => true,
    deliver: async (message) => {
      const id = randomUUID();
      const body = bodyOf(message, id);
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(DEADLINE_MS),
        headers: {
          'content-type': 'application/json',
          'x-portolan-delivery': id,
          'x-portolan-signature': signatureOf(secret, Math.floor(clock.wallMs() / SECOND_MS), body),
        },
        body,
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`The webhook answered ${response.status}.`);
    },
    close: () => undefined,
  };
};

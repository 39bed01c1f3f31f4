import type { Secret } from '@portolan/service-kit';
import { createTransport } from 'nodemailer';
import type { Notifier } from '../../ports/notifier.ts';

const DEADLINE_MS = 15_000;
const CONNECTIONS = 2;

export interface SmtpOptions {
  /** `smtps://user:password@host:465`; `smtp://` begins in the clear and goes over to TLS where the server can. */
  readonly url: Secret;
  readonly from: string;
}

/** Mail over SMTP. Secrets go only where the line is encrypted, or to a server on this machine. */
export const smtpNotifier = ({ url, from }: SmtpOptions): Notifier => {
  const { protocol, hostname, port, username, password } = new URL(url.reveal());
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !isLocal,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    pool: true,
    maxConnections: CONNECTIONS,
    connectionTimeout: DEADLINE_MS,
    greetingTimeout: DEADLINE_MS,
    socketTimeout: DEADLINE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    carriesSecrets: (to) => to.length > 0,
    deliver: async ({ to, subject, text, secret }) => {
      if (to.length === 0) return;
      await transport.sendMail({
        from,
        to: [...to],
        subject,
        text: secret === undefined ? text : `${text}\n\n${secret.reveal()}\n`,
      });
    },
    close: () => transport.close(),
  };
};

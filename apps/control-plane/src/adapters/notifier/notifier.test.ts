import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createLogger, Secret } from '@portolan/service-kit';
import { afterEach, describe, expect, test } from 'vitest';
import type { Message } from '../../ports/notifier.ts';
import { logNotifier } from './log.ts';
import { severalNotifiers } from './several.ts';
import { smtpNotifier } from './smtp.ts';
import { signatureOf, webhookNotifier } from './webhook.ts';

const message: Message = {
  kind: 'api_key_rotated',
  organizationId: 'o',
  to: ['ada@example.com'],
  subject: 'A new key',
  text: 'It begins here.',
  facts: { api_key_id: 'k' },
  secret: new Secret('pk-the-new-key'),
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const portOf = (server: { address(): string | AddressInfo | null }): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
};

const startReceiver = async (status: number) => {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return { url: `http://127.0.0.1:${portOf(server)}/hook`, received };
};

/** As much of a mail server as a client needs to hand over mail; keeps what it was told. */
const startMailServer = async (host: string) => {
  const lines: string[] = [];
  const server = createTcpServer((socket) => {
    let inData = false;
    socket.write('220 test\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const line of String(chunk).split('\r\n').slice(0, -1)) {
        lines.push(line);
        if (inData) {
          if (line !== '.') continue;
          inData = false;
          socket.write('250 taken\r\n');
        } else if (line === 'DATA') {
          inData = true;
          socket.write('354 go on\r\n');
        } else if (line === 'STARTTLS') socket.write('502 not here\r\n');
        else if (line === 'QUIT') socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  cleanups.push(() => server.close());
  return { url: `smtp://${host}:${portOf(server)}`, lines };
};

describe('telling people and programs', () => {
  test('a webhook is told all of it, signed', async () => {
    const { url, received } = await startReceiver(200);
    const secret = new Secret('the webhook secret');
    await webhookNotifier({ url, secret, clock: { wallMs: () => 1_700_000_000_123 } }).deliver(message);
    const [call] = received;
    expect(JSON.parse(call?.body ?? '')).toEqual({
      id: call?.headers['x-portolan-delivery'],
      kind: 'api_key_rotated',
      organisation_id: 'o',
      recipients: ['ada@example.com'],
      subject: 'A new key',
      text: 'It begins here.',
      facts: { api_key_id: 'k' },
      secret: 'pk-the-new-key',
    });
    expect(call?.headers['x-portolan-signature']).toBe(signatureOf(secret, 1_700_000_000, call?.body ?? ''));
  });

  test.each([500, 404, 302])('a webhook that answers %i has not taken the message', async (status) => {
    const { url } = await startReceiver(status);
    const notifier = webhookNotifier({ url, secret: new Secret('s'), clock: { wallMs: () => 0 } });
    await expect(notifier.deliver(message)).rejects.toThrow();
  });

  test('a webhook without TLS is refused', () => {
    const options = { secret: new Secret('s'), clock: { wallMs: () => 0 } };
    expect(() => webhookNotifier({ url: 'http://hooks.example/x', ...options })).toThrow(/https/);
  });

  test('mail goes to everybody who is named, with the secret in it', async () => {
    const { url, lines } = await startMailServer('127.0.0.1');
    const notifier = smtpNotifier({ url: new Secret(url), from: 'Portolan <no-reply@example.com>' });
    cleanups.push(() => notifier.close());
    await notifier.deliver(message);
    expect(lines).toContain('RCPT TO:<ada@example.com>');
    expect(lines).toContain('Subject: A new key');
    expect(lines).toContain('pk-the-new-key');
    expect(notifier.carriesSecrets([])).toBe(false);
  });

  test('a mail server elsewhere is not spoken to without TLS', async () => {
    const { url, lines } = await startMailServer('127.0.0.2');
    const notifier = smtpNotifier({ url: new Secret(url), from: 'no-reply@example.com' });
    cleanups.push(() => notifier.close());
    await expect(notifier.deliver(message)).rejects.toThrow();
    expect(lines).toContain('STARTTLS');
    expect(lines.join('\n')).not.toContain('pk-the-new-key');
  });

  test('the log carries no secret, and says so', async () => {
    const notifier = logNotifier(createLogger('test', 'silent'));
    expect(notifier.carriesSecrets(['ada@example.com'])).toBe(false);
    await expect(notifier.deliver(message)).rejects.toThrow(/cannot be delivered/);
    const { secret, ...plain } = message;
    expect(secret).toBeDefined();
    await notifier.deliver(plain);
  });

  test('of several ways one is enough', async () => {
    const good = await startReceiver(200);
    const bad = await startReceiver(500);
    const clock = { wallMs: () => 0 };
    const [one, two] = [bad, good].map(({ url }) => webhookNotifier({ url, secret: new Secret('s'), clock }));
    if (one === undefined || two === undefined) throw new Error('There are two.');
    await severalNotifiers([one, two]).deliver(message);
    expect(good.received).toHaveLength(1);
    await expect(severalNotifiers([one]).deliver(message)).rejects.toThrow('Nobody took');
  });
});

import { connect, type Socket } from 'node:net';
import { withTimeout } from '@portolan/testing';

/** An answer as its bytes came. */
export interface RawReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface RawClient {
  readonly socket: Socket;
  write(text: string): void;
  /** The next answer, which must have a `content-length`. @throws when none comes in time */
  reply(timeoutMs?: number): Promise<RawReply>;
  /** Resolves when the server has closed the connection. */
  closed(timeoutMs?: number): Promise<void>;
  close(): void;
}

/** A client that sends what a test tells it to, well-formed or not. */
export const rawClient = async (baseUrl: string): Promise<RawClient> => {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let received = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    wake();
  });
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const next = async (): Promise<RawReply> => {
    for (;;) {
      const found = firstReply(received);
      if (found !== undefined) {
        received = received.subarray(found.sizeBytes);
        return found.reply;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    socket,
    write: (text) => void socket.write(text),
    reply: (timeoutMs = 4_000) => withTimeout(next(), timeoutMs, 'an answer'),
    closed: (timeoutMs = 4_000) => withTimeout(gone, timeoutMs, 'the end of the connection'),
    close: () => socket.destroy(),
  };
};

const firstReply = (bytes: Buffer): { reply: RawReply; sizeBytes: number } | undefined => {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const sizeBytes = headEnd + 4 + Number(headers['content-length'] ?? 0);
  if (bytes.length < sizeBytes) return undefined;
  const text = bytes.subarray(headEnd + 4, sizeBytes).toString('utf8');
  return { reply: { status: Number(statusLine.split(' ')[1]), headers, text }, sizeBytes };
};

import { createServer, type Socket } from 'node:net';

/** A request as its bytes came in. */
export interface RawRequest {
  /** Request line and headers. */
  readonly head: string;
  readonly body: string;
}

export interface RawUpstream {
  /** Base URL with a version segment, for `custom_host`. */
  readonly url: string;
  readonly requests: readonly RawRequest[];
  /** Connections on which a request came and that are still open; those that never carried one do not count. */
  openSockets(): number;
  close(): Promise<void>;
}

/** Decides what bytes go out, and whether the connection lives on. */
export type RawAnswer = (request: RawRequest, socket: Socket) => void;

const MAX_RECORDED = 10_000;

/** A server that knows just enough HTTP to read a request with a `content-length`, and writes what a test tells it to. */
export const startRawUpstream = async (answer: RawAnswer): Promise<RawUpstream> => {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const used = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      used.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    let received = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      for (let found = firstRequest(received); found !== undefined; found = firstRequest(received)) {
        received = received.subarray(found.sizeBytes);
        used.add(socket);
        if (requests.length < MAX_RECORDED) requests.push(found.request);
        answer(found.request, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    openSockets: () => used.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

const firstRequest = (bytes: Buffer): { request: RawRequest; sizeBytes: number } | undefined => {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.subarray(0, headEnd).toString('latin1');
  const sizeBytes = headEnd + 4 + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  if (bytes.length < sizeBytes) return undefined;
  return { request: { head, body: bytes.subarray(headEnd + 4, sizeBytes).toString('utf8') }, sizeBytes };
};

/** The head of an answer. */
export const rawHead = (status: number, headers: Readonly<Record<string, string | readonly string[]>>): string => {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((each) => `${name}: ${each}`),
  );
  return [`HTTP/1.1 ${status} Status`, ...lines, '', ''].join('\r\n');
};

/** Bytes as one piece of a chunked body. */
export const rawChunk = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

export const LAST_CHUNK = '0\r\n\r\n';

/** A whole answer with its right length, after which the connection may be used again. */
export const rawAnswer = (
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string | readonly string[]>> = { 'content-type': 'application/json' },
): Buffer => {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(rawHead(status, { ...headers, 'content-length': String(bytes.length) })), bytes]);
};

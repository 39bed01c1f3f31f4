import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Shot } from './plan.ts';

/** Times of one streamed answer, from the moment the request was written. */
export interface StreamTimes {
  readonly firstTokenMs: number;
  readonly lastTokenMs: number;
}

const ANSWER_WITHIN_MS = 20_000;
const CHUNKED_END = '0\r\n\r\n';

/**
 * Reads streams through plain sockets, because an HTTP client of the same runtime costs more than what is measured.
 * Every connection sends one request after the other.
 * @throws Error for a status other than 200, a stream without `[DONE]` and a connection that breaks
 */
export async function measureStreams(shot: Shot, concurrency: number, requests: number): Promise<StreamTimes[]> {
  const perConnection = Math.ceil(requests / concurrency);
  const times = await Promise.all(Array.from({ length: concurrency }, () => oneConnection(shot, perConnection)));
  return times.flat();
}

async function oneConnection(shot: Shot, requests: number): Promise<StreamTimes[]> {
  const { hostname, port } = new URL(shot.url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error('a stream stood still')));
  const bytes = requestBytes(shot);
  const times: StreamTimes[] = [];
  try {
    for (let i = 0; i < requests; i++) times.push(await oneStream(socket, bytes));
  } finally {
    socket.destroy();
  }
  return times;
}

function oneStream(socket: Socket, request: Buffer): Promise<StreamTimes> {
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    let firstTokenMs: number | undefined;
    let text = '';
    const leave = (): void => {
      socket.off('data', onData).off('error', onError).off('close', onClose);
    };
    const fail = (reason: Error): void => {
      leave();
      reject(reason);
    };
    const onError = (error: Error): void => fail(error);
    const onClose = (): void => fail(new Error('the connection closed inside a stream'));
    const onData = (part: Buffer): void => {
      const atMs = performance.now() - sentAt;
      text += part.toString('latin1');
      if (firstTokenMs === undefined && text.includes('data:')) firstTokenMs = atMs;
      if (!text.endsWith(CHUNKED_END)) return;
      const problem = problemOf(text);
      if (problem !== undefined || firstTokenMs === undefined) {
        fail(new Error(problem ?? 'a stream without a token'));
        return;
      }
      leave();
      resolve({ firstTokenMs, lastTokenMs: atMs });
    };
    socket.on('data', onData).on('error', onError).on('close', onClose);
    socket.write(request);
  });
}

function problemOf(answer: string): string | undefined {
  if (!answer.startsWith('HTTP/1.1 200 ')) return `not a stream: ${answer.slice(0, 300)}`;
  return answer.includes('data: [DONE]') ? undefined : 'a stream without its end';
}

function requestBytes({ url, headers, body }: Shot): Buffer {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({ host, ...headers, 'content-length': String(Buffer.byteLength(body)) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head}\r\n${body}`);
}

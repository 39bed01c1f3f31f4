import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** An HTTP answer as data. A frame is written whole: an event of a stream, or a piece of a plain body. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly frames: readonly Uint8Array[];
}

/** How an answer goes out. `after` counts frames. */
export interface Manners {
  readonly delayMs?: number;
  /** Between the headers and the first frame. */
  readonly firstFrameMs?: number;
  readonly paceMs?: number;
  readonly ending?: { readonly type: 'reset' | 'silent' } | { readonly type: 'cut' | 'stall'; readonly after: number };
}

const encoder = new TextEncoder();

export const jsonAnswer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  textAnswer(status, 'application/json', JSON.stringify(body), headers);

/** A plain answer in two frames, so that a fault can fall into the middle of it. */
export const textAnswer = (
  status: number,
  contentType: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => {
  const bytes = encoder.encode(text);
  const half = bytes.length >> 1;
  return {
    status,
    headers: { 'content-type': contentType, 'content-length': String(bytes.length), ...headers },
    frames: [bytes.subarray(0, half), bytes.subarray(half)],
  };
};

/** One server-sent event as bytes. */
export const sseFrame = (data: unknown, event?: string): Uint8Array =>
  encoder.encode(
    `${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
  );

export const sseAnswer = (frames: readonly Uint8Array[], headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers },
  frames,
});

/** Every frame becomes a member of its own: members after each other are one valid gzip file. */
export const gzipped = (answer: Answer): Answer => {
  const frames = answer.frames.map((frame) => gzipSync(frame));
  const headers: Record<string, string> = { ...answer.headers, 'content-encoding': 'gzip' };
  if (headers['content-length'] !== undefined) headers['content-length'] = String(sizeOf(frames));
  return { ...answer, headers, frames };
};

/** The same answer with a `content-length` that names half of what is sent. */
export const withShortLength = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, 'content-length': String(sizeOf(answer.frames) >> 1) },
});

const sizeOf = (frames: readonly Uint8Array[]): number => frames.reduce((sum, frame) => sum + frame.length, 0);

/**
 * Writes an answer, with its pauses and its fault. Returns when it is written or when the client has left, which
 * also cancels any pause; never throws for a client that leaves.
 */
export const deliver = async (response: ServerResponse, answer: Answer, manners: Manners = {}): Promise<void> => {
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  if (response.closed || response.destroyed) leave();
  try {
    await write(response, answer, manners, gone.signal);
  } catch (error) {
    if (!gone.signal.aborted && !response.destroyed) throw error;
  } finally {
    response.off('close', leave);
  }
};

const write = async (response: ServerResponse, answer: Answer, manners: Manners, gone: AbortSignal): Promise<void> => {
  const { ending } = manners;
  await wait(manners.delayMs, gone);
  if (ending?.type === 'silent') return untilGone(gone);
  if (ending?.type === 'reset') return void response.socket?.resetAndDestroy();

  const last = ending === undefined || !('after' in ending) ? undefined : ending.after;
  response.writeHead(answer.status, answer.headers);
  if (last === 0 || (manners.firstFrameMs ?? 0) > 0) response.flushHeaders();
  // A fault that lies past the end of the answer hits the last frame: it must never be lost.
  const frames = last === undefined ? answer.frames : answer.frames.slice(0, Math.min(last, answer.frames.length - 1));
  for (const [at, frame] of frames.entries()) {
    await wait(at === 0 ? manners.firstFrameMs : manners.paceMs, gone);
    await flushed(response, frame);
    gone.throwIfAborted();
  }
  if (ending?.type === 'cut') response.socket?.destroy();
  else if (ending?.type === 'stall') await untilGone(gone);
  else response.end();
};

const wait = async (ms: number | undefined, gone: AbortSignal): Promise<void> => {
  gone.throwIfAborted();
  if (ms !== undefined && ms > 0) await pause(ms, undefined, { signal: gone });
};

const flushed = (response: ServerResponse, frame: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    response.write(frame, (error) => (error ? reject(error) : resolve()));
  });

const untilGone = (gone: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (gone.aborted) resolve();
    else gone.addEventListener('abort', () => resolve(), { once: true });
  });

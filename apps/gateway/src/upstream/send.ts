import { openReader, type ProviderError, type StreamAdapter, type StreamDecoder } from '@portolan/providers';
import type { Dispatcher } from 'undici';
import type { Cancellation } from '../cancellation.ts';
import type { Completion, LiveStream } from '../exchange.ts';
import { type Unpacker, unpackerFor } from './content-encoding.ts';
import type { Deadlines } from './deadlines.ts';
import {
  attemptTimeout,
  clientClosed,
  connectionFailure,
  cutBeforeStart,
  type Failure,
  firstTokenTimeout,
  invalidAnswer,
  totalTimeout,
  upstreamTimeout,
} from './failure.ts';
import { StreamRelay } from './stream-relay.ts';

/** A plain answer past this is not an answer. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface Sending {
  readonly provider: string;
  readonly origin: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** Present when a stream was asked for. */
  readonly stream: { readonly framing: StreamAdapter['framing']; decoder(): StreamDecoder } | undefined;
  readonly deadlines: Deadlines;
  /** Monotonic time at which the whole call must be over; Infinity for none. */
  readonly totalEndsAtMs: number;
  readonly clientStallMs: number;
  readonly keepTranscript: boolean;
  readonly cancellation: Cancellation;
  nowMs(): number;
}

export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** What one attempt brought. */
export type Arrival =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: UpstreamHeaders; readonly body: Buffer }
  | {
      readonly kind: 'stream';
      readonly status: number;
      readonly headers: UpstreamHeaders;
      readonly stream: LiveStream;
      readonly finished: Promise<Completion>;
    }
  | {
      readonly kind: 'stream-error';
      readonly status: number;
      readonly headers: UpstreamHeaders;
      readonly error: ProviderError;
    }
  | { readonly kind: 'failure'; readonly failure: Failure };

/** One request to one provider, from the first byte out to a certain answer, a certain stream, or a named failure. Never rejects. */
export const send = (dispatcher: Dispatcher, sending: Sending): Promise<Arrival> =>
  new Promise((resolve) => {
    const { origin, path, method, headers, body } = sending;
    dispatcher.dispatch({ origin, path, method, headers, body }, new AttemptHandler(sending, resolve));
  });

const abortReason = new Error('attempt is over');

/** undici's view of one attempt. Its methods are called in the order they stand here. */
class AttemptHandler implements Dispatcher.DispatchHandler {
  readonly #sending: Sending;
  readonly #resolve: (arrival: Arrival) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  /** Set when we end the attempt before there is a connection to abort. */
  #abandoned = false;
  #deadline: NodeJS.Timeout | undefined;
  #deadlineMs = 0;
  #onDeadline: Failure = clientClosed();
  #total: NodeJS.Timeout | undefined;
  #status = 0;
  #headers: UpstreamHeaders = {};
  #parts: Uint8Array[] = [];
  #size = 0;
  #relay: StreamRelay | undefined;
  #unpacker: Unpacker | undefined;

  constructor(sending: Sending, resolve: (arrival: Arrival) => void) {
    this.#sending = sending;
    this.#resolve = resolve;
    this.#armFirstDeadline();
    const totalLeftMs = sending.totalEndsAtMs - sending.nowMs();
    if (Number.isFinite(totalLeftMs)) this.#total = setTimeout(() => this.#expire(), Math.max(0, totalLeftMs));
    sending.cancellation.onCancel(() => this.#cancel());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#abandoned) controller.abort(abortReason);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: UpstreamHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    try {
      this.#unpacker = unpackerFor(encodingOf(headers), {
        onBytes: (bytes) => this.#onBytes(bytes),
        onEnd: () => this.#onEnd(),
        onError: () => this.#unpackingFailed(),
        onDrain: () => this.#controller?.resume(),
      });
    } catch {
      return this.#fail(invalidAnswer(`${this.#sending.provider} sent an answer in an unknown encoding`));
    }
    if (status === 200 && this.#sending.stream !== undefined && !isJson(headers)) this.#openRelay(this.#sending.stream);
    else this.#armBodyDeadline();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#unpacker === undefined) return this.#onBytes(chunk);
    if (!this.#unpacker.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#unpacker === undefined) this.#onEnd();
    else this.#unpacker.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#unpacker?.destroy();
    if (this.#relay !== undefined) return this.#relay.onBreak();
    if (this.#settled) return;
    const begun = this.#status !== 0;
    this.#fail(begun && !isProtocolError(error) ? cutBeforeStart() : connectionFailure(this.#sending.provider, error));
  }

  #unpackingFailed(): void {
    if (this.#relay !== undefined) return this.#relay.onBreak();
    this.#fail(invalidAnswer(`${this.#sending.provider} sent an answer that cannot be unpacked`));
  }

  #onBytes(bytes: Uint8Array): void {
    if (this.#relay !== undefined) return this.#relay.onBytes(bytes);
    if (this.#settled) return;
    this.#deadline?.refresh();
    this.#size += bytes.length;
    if (this.#size > MAX_ANSWER_BYTES) {
      return this.#fail(invalidAnswer(`${this.#sending.provider} sent more than ${MAX_ANSWER_BYTES} bytes`));
    }
    this.#parts.push(bytes);
  }

  #onEnd(): void {
    if (this.#relay !== undefined) return this.#relay.onEnd();
    const [only] = this.#parts;
    const body = this.#parts.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(this.#parts);
    this.#settle({ kind: 'answer', status: this.#status, headers: this.#headers, body });
  }

  #openRelay(stream: NonNullable<Sending['stream']>): void {
    const { provider, deadlines, clientStallMs, keepTranscript, nowMs } = this.#sending;
    let finish: (completion: Completion) => void = () => undefined;
    const finished = new Promise<Completion>((resolve) => {
      finish = resolve;
    });
    const relay = new StreamRelay({
      provider,
      reader: openReader(stream.framing),
      decoder: stream.decoder(),
      upstream: {
        pause: () => this.#controller?.pause(),
        resume: () => this.#controller?.resume(),
        abort: () => this.#abort(),
      },
      idleMs: deadlines.idleMs,
      clientStallMs,
      awaitToken: Number.isFinite(deadlines.firstTokenMs),
      keepTranscript,
      nowMs,
      onCommit: () =>
        this.#settle({ kind: 'stream', status: this.#status, headers: this.#headers, stream: relay, finished }, true),
      onFail: (failure) =>
        'error' in failure
          ? this.#settle({ kind: 'stream-error', status: failure.status, headers: this.#headers, error: failure.error })
          : this.#settle({ kind: 'failure', failure }),
      onFinish: (completion) => {
        clearTimeout(this.#total);
        this.#sending.cancellation.onCancel(undefined);
        finish(completion);
      },
    });
    this.#relay = relay;
  }

  /** Of the deadlines that run from the start, the nearest is the one that counts. */
  #armFirstDeadline(): void {
    const { deadlines, stream, provider } = this.#sending;
    const firstTokenMs = stream === undefined ? Number.POSITIVE_INFINITY : deadlines.firstTokenMs;
    const upstreamMs = Number.isFinite(deadlines.attemptMs) ? Number.POSITIVE_INFINITY : deadlines.upstreamMs;
    const nearest = Math.min(deadlines.attemptMs, firstTokenMs, upstreamMs);
    const failure =
      nearest === deadlines.attemptMs
        ? attemptTimeout(nearest)
        : nearest === firstTokenMs
          ? firstTokenTimeout(nearest)
          : upstreamTimeout(provider);
    this.#onDeadline = failure;
    this.#deadlineMs = nearest;
    this.#deadline = setTimeout(() => this.#fail(this.#onDeadline), nearest);
  }

  /** The headers of a plain answer are here; from now on only silence is too long. */
  #armBodyDeadline(): void {
    const { deadlines, provider } = this.#sending;
    this.#onDeadline = upstreamTimeout(provider);
    if (this.#deadlineMs === deadlines.upstreamMs) return void this.#deadline?.refresh();
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#fail(this.#onDeadline), deadlines.upstreamMs);
  }

  #expire(): void {
    const failure = totalTimeout(this.#sending.deadlines.totalMs);
    if (this.#settled) this.#relay?.expire(failure);
    else this.#fail(failure);
  }

  #cancel(): void {
    const streaming = this.#settled;
    this.#fail(clientClosed());
    if (streaming) this.#relay?.cancel();
  }

  #fail(failure: Failure): void {
    if (this.#settled) return;
    // Aborting calls onResponseError at once: what really happened must be settled by then.
    this.#settle({ kind: 'failure', failure });
    this.#abort();
  }

  #abort(): void {
    this.#unpacker?.destroy();
    if (this.#controller === undefined) this.#abandoned = true;
    else this.#controller.abort(abortReason);
  }

  #settle(arrival: Arrival, live = false): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#deadline);
    if (!live) {
      clearTimeout(this.#total);
      this.#sending.cancellation.onCancel(undefined);
    }
    this.#resolve(arrival);
  }
}

const encodingOf = (headers: UpstreamHeaders): string | undefined => {
  const value = headers['content-encoding'];
  return typeof value === 'string' ? value : undefined;
};

const isJson = (headers: UpstreamHeaders): boolean => {
  const type = headers['content-type'];
  return typeof type === 'string' && /^(application\/json|text\/html)/i.test(type);
};

const isProtocolError = (error: Error): boolean =>
  'code' in error && typeof error.code === 'string' && /^(HPE_|UND_ERR_RES_CONTENT_LENGTH)/.test(error.code);

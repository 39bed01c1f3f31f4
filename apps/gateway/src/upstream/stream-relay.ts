import type {
  EventReader,
  JsonObject,
  ProviderError,
  StreamDecoder,
  StreamItem,
  Usage,
  WireEvent,
} from '@portolan/providers';
import type { Completion, LiveStream, StreamSink } from '../exchange.ts';
import { type Failure, STREAM_CLOSED } from './failure.ts';
import { carriesToken, Transcript } from './transcript.ts';

/** How the relay steers the connection it reads from. */
export interface Upstream {
  pause(): void;
  resume(): void;
  abort(): void;
}

export interface RelayOptions {
  readonly provider: string;
  readonly reader: EventReader;
  readonly decoder: StreamDecoder;
  readonly upstream: Upstream;
  readonly idleMs: number;
  readonly clientStallMs: number;
  /** True: nothing is committed before a real token came. False: the first chunk commits. */
  readonly awaitToken: boolean;
  readonly keepTranscript: boolean;
  nowMs(): number;
  /** The stream is sound so far and may be shown. Called at most once, and never after `onFail`. */
  onCommit(): void;
  /** The stream failed before anything of it was shown: the attempt failed. */
  onFail(failure: Failure | { readonly status: number; readonly error: ProviderError }): void;
  onFinish(completion: Completion): void;
}

/** After its proper end an upstream gets this long to close the connection cleanly, so that it can be used again. */
const LINGER_MS = 1_000;

/**
 * One streamed answer on its way from provider to client: bytes in, frames out.
 * Holds what came before the client side is ready, keeps both sides' pace, and knows the difference
 * between an end and a cut.
 */
export class StreamRelay implements LiveStream {
  readonly #options: RelayOptions;
  readonly #transcript: Transcript;
  #state: 'opening' | 'held' | 'flowing' | 'done' = 'opening';
  #held = '';
  #sink: StreamSink | undefined;
  #behind = false;
  #sawEnd = false;
  #sawChunk = false;
  #usage: Usage | undefined;
  #firstTokenAtMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What is to be said when the held part goes out and the stream is already over. */
  #ending: { outcome: Completion['outcome']; error?: ProviderError } | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#transcript = new Transcript(options.keepTranscript);
    this.#watch(options.idleMs, () =>
      this.#interrupt(streamError('upstream sent nothing for too long', 'stream_stalled')),
    );
  }

  onBytes(bytes: Uint8Array): void {
    if (this.#state === 'done' || this.#sawEnd) return;
    if (!this.#behind) this.#timer?.refresh();
    let events: WireEvent[];
    try {
      events = this.#options.reader.push(bytes);
    } catch (error) {
      return this.#malformed(error);
    }
    this.#take(events);
  }

  /** The connection ended in good order, which says nothing about the answer. */
  onEnd(): void {
    if (this.#over || this.#sawEnd) return this.#stopTimer();
    try {
      const rest = this.#options.reader.close();
      if (rest.some(isTorn)) return this.onBreak();
      this.#take(rest);
      if (!this.#over && !this.#sawEnd) this.#items(this.#options.decoder.onClose());
    } catch (error) {
      return this.#malformed(error);
    }
    if (!this.#sawEnd) this.#interrupt(streamError(STREAM_CLOSED, 'stream_interrupted'));
    this.#stopTimer();
  }

  /** The connection broke. */
  onBreak(): void {
    if (!this.#sawEnd) this.#interrupt(streamError(STREAM_CLOSED, 'stream_interrupted'));
    this.#stopTimer();
  }

  /** The call's total deadline passed. */
  expire(failure: Failure): void {
    this.#interrupt({ message: failure.message, type: failure.type, param: null, code: failure.code ?? null });
  }

  /** The client left: nobody is there to be told. */
  cancel(): void {
    if (this.#state === 'done') return;
    this.#finish('client_closed');
    this.#options.upstream.abort();
  }

  pipeTo(sink: StreamSink): void {
    if (this.#state === 'done') return;
    this.#sink = sink;
    this.#state = 'flowing';
    const held = this.#held;
    this.#held = '';
    this.#write(held);
    if (this.#ending !== undefined) return this.#close(this.#ending.outcome, this.#ending.error);
    if (!this.#behind) this.#options.upstream.resume();
  }

  get #over(): boolean {
    return this.#state === 'done' || this.#ending !== undefined;
  }

  #take(events: readonly WireEvent[]): void {
    for (const event of events) {
      if (this.#over || this.#sawEnd) return;
      this.#items(this.#options.decoder.onEvent(event));
    }
    this.#flushHeld();
  }

  /** One write for all that came in one read: nothing waits, and a read costs one system call. */
  #flushHeld(): void {
    if (this.#state !== 'flowing' || this.#held === '') return;
    const text = this.#held;
    this.#held = '';
    this.#write(text);
  }

  #items(items: readonly StreamItem[]): void {
    for (const item of items) {
      if (this.#over) return;
      if (item.type === 'chunk') this.#chunk(item.chunk, item.json);
      else if (item.type === 'usage') this.#usage = item.usage;
      else if (item.type === 'end') this.#properEnd();
      else this.#providerError(item.status, item.error);
    }
  }

  #chunk(chunk: JsonObject, json: string | undefined): void {
    this.#sawChunk = true;
    if (this.#firstTokenAtMs === undefined && carriesToken(chunk)) this.#firstTokenAtMs = this.#options.nowMs();
    this.#transcript.add(chunk);
    this.#held += `data: ${json ?? JSON.stringify(chunk)}\n\n`;
    if (this.#state === 'opening' && (!this.#options.awaitToken || this.#firstTokenAtMs !== undefined)) this.#commit();
  }

  #commit(): void {
    this.#state = 'held';
    this.#options.upstream.pause();
    this.#options.onCommit();
  }

  #properEnd(): void {
    this.#sawEnd = true;
    if (this.#state === 'opening') {
      if (!this.#sawChunk)
        return this.#fail({ ...EMPTY_STREAM, message: `${this.#options.provider} ${EMPTY_STREAM.message}` });
      this.#commit();
    }
    this.#settle('complete');
    // The rest of the connection is only its orderly close; a provider that forgets it is cut.
    this.#options.upstream.resume();
    this.#watch(LINGER_MS, () => this.#options.upstream.abort());
  }

  #providerError(status: number, error: ProviderError): void {
    if (this.#state === 'opening') return this.#fail({ status, error });
    const named = { ...error, message: `${this.#options.provider} error: ${error.message}` };
    this.#settle('interrupted', named);
    this.#options.upstream.abort();
  }

  #interrupt(error: ProviderError): void {
    if (this.#over) return;
    if (this.#state === 'opening') {
      return this.#fail({
        type: 'connection_error',
        message: error.message,
        code: error.code ?? undefined,
        network: true,
        final: false,
      });
    }
    // Aborting reports a broken connection at once: the reason must be settled by then.
    this.#settle('interrupted', error);
    this.#options.upstream.abort();
  }

  #malformed(error: unknown): void {
    const message = error instanceof Error ? error.message : 'malformed stream';
    if (this.#state !== 'opening') return this.#interrupt(streamError(message, 'stream_malformed'));
    this.#fail({ type: 'invalid_upstream_response', message, network: false, final: false, ofProvider: true });
  }

  #fail(failure: Parameters<RelayOptions['onFail']>[0]): void {
    this.#state = 'done';
    this.#stopTimer();
    this.#options.upstream.abort();
    this.#options.onFail(failure);
  }

  /** The stream is over; what is held must still go out, in order, once there is a client to take it. */
  #settle(outcome: Completion['outcome'], error?: ProviderError): void {
    if (this.#over) return;
    if (this.#state !== 'flowing') {
      this.#ending = { outcome, error };
      return;
    }
    this.#flushHeld();
    this.#close(outcome, error);
  }

  #close(outcome: Completion['outcome'], error: ProviderError | undefined): void {
    const sink = this.#sink;
    if (error !== undefined) sink?.write(errorFrame(error, this.#options.provider));
    else sink?.write('data: [DONE]\n\n');
    this.#finish(outcome, error);
    sink?.end();
  }

  #finish(outcome: Completion['outcome'], error?: ProviderError): void {
    this.#state = 'done';
    this.#ending = undefined;
    this.#held = '';
    if (outcome !== 'complete') this.#stopTimer();
    this.#options.onFinish({
      outcome,
      usage: this.#usage,
      firstTokenAtMs: this.#firstTokenAtMs,
      endedAtMs: this.#options.nowMs(),
      body: this.#transcript.body,
      finishReason: this.#transcript.finishReason,
      answeredModel: this.#transcript.model,
      error: error && { type: error.type ?? 'upstream_stream_error', message: error.message },
    });
  }

  #write(text: string): void {
    const sink = this.#sink;
    if (sink === undefined || text === '' || sink.write(text) || this.#behind) return;
    this.#behind = true;
    this.#options.upstream.pause();
    this.#watch(this.#options.clientStallMs, () => {
      this.cancel();
      sink.abort();
    });
    sink.onDrain(() => {
      this.#behind = false;
      if (this.#state !== 'flowing') return;
      this.#watch(this.#options.idleMs, () =>
        this.#interrupt(streamError('upstream sent nothing for too long', 'stream_stalled')),
      );
      this.#options.upstream.resume();
    });
  }

  #watch(ms: number, onSilence: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = Number.isFinite(ms) ? setTimeout(onSilence, ms) : undefined;
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** An event that only the end of the connection completed, in the middle of its data. */
const isTorn = ({ data }: WireEvent): boolean => {
  if (data === '[DONE]') return false;
  try {
    JSON.parse(data);
    return false;
  } catch {
    return true;
  }
};

const EMPTY_STREAM: Failure = {
  type: 'invalid_upstream_response',
  message: 'ended its stream without an answer',
  network: false,
  final: false,
  ofProvider: true,
};

const streamError = (message: string, code: string): ProviderError => ({
  message,
  type: 'upstream_stream_error',
  param: null,
  code,
});

/**
 * The one form that makes every SDK raise instead of ending cleanly: `event: error` for some, the `error` object
 * for others, the message on top for a third, `choices` for those that index it. No `[DONE]` follows.
 */
const errorFrame = (error: ProviderError, provider: string): string =>
  `event: error\ndata: ${JSON.stringify({
    error: { message: error.message, type: error.type, param: error.param, code: error.code },
    message: error.message,
    provider,
    choices: [],
  })}\n\n`;

import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { ExchangeRequest, ExchangeResponse } from '@portolan/proto';
import type { CallOptions, RpcClient, UnaryCaller } from './client.ts';
import { traceEntries } from './context.ts';
import type { ErrorCodec, PublicError } from './errors.ts';

export interface MultiplexerOptions {
  readonly client: Pick<RpcClient, 'exchange'>;
  /** Paths of the methods that may be asked a second time, over a new stream, when theirs ends before the answer. */
  readonly idempotent: readonly string[];
  /** Calls that are open at one time; the next is refused at once. */
  readonly inFlightMax: number;
  /**
   * After this, new calls go over a new stream and the old one ends when its calls have. Shorter than the grace that a server
   * gives an old connection, so that calls move before it is cut; it also spreads callers over new pods.
   */
  readonly streamAgeMs: number;
  /** The pause after the second failure in a row, with jitter; each further one doubles it. After the first there is none. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** Monotonic milliseconds. */
  readonly clock: { monotonicMs(): number };
  readonly errors: ErrorCodec;
  /** From 0 to 1, for the jitter. */
  readonly random: () => number;
}

export const MULTIPLEXER_DEFAULTS = {
  inFlightMax: 1_000,
  streamAgeMs: 20_000,
  backoffMs: 50,
  backoffMaxMs: 5_000,
} as const;

/** Many unary calls over one stream. Setting up an HTTP/2 stream is most of what a small call costs. */
export interface Multiplexer extends UnaryCaller {
  /** Calls that wait for their answer. */
  inFlight(): number;
  /** Ends the streams; open calls fail. */
  close(): void;
}

interface Pending {
  readonly resolve: (message: Buffer) => void;
  readonly reject: (error: PublicError) => void;
}

interface Line {
  readonly stream: ClientDuplexStream<Buffer, Buffer>;
  readonly pending: Map<number, Pending>;
  readonly openedAtMs: number;
  lastCallId: number;
}

/** Between half and all of the doubled pause, so that callers do not come back all at once. */
export const backoffAfter = (
  failures: number,
  { backoffMs, backoffMaxMs, random }: Pick<MultiplexerOptions, 'backoffMs' | 'backoffMaxMs' | 'random'>,
): number => {
  const pauseMs = failures < 2 ? 0 : Math.min(backoffMaxMs, backoffMs * 2 ** (failures - 2));
  return pauseMs / 2 + (random() * pauseMs) / 2;
};

const toDuration = (timeoutMs: number) => {
  const seconds = Math.floor(timeoutMs / 1_000);
  return { seconds, nanos: Math.round((timeoutMs - seconds * 1_000) * 1_000_000) };
};

const encode = (frame: ExchangeRequest): Buffer => Buffer.from(ExchangeRequest.encode(frame).finish());

export const createMultiplexer = (options: MultiplexerOptions): Multiplexer => {
  const { client, inFlightMax, streamAgeMs, clock, errors } = options;
  const lost = (cause?: unknown): PublicError =>
    errors.make('connection_error', 'A service of the platform cannot be reached.', cause);
  const givenUp = (cause: unknown): PublicError => errors.make('client_closed', 'The call was given up.', cause);
  const idempotent = new Set(options.idempotent);
  const lines = new Set<Line>();
  let current: Line | undefined;
  let failures = 0;
  let retryAtMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  const inFlight = (): number => {
    let count = 0;
    for (const { pending } of lines) count += pending.size;
    return count;
  };

  const settle = (line: Line, bytes: Buffer): void => {
    failures = 0;
    const { callId, outcome } = ExchangeResponse.decode(bytes);
    const waiting = line.pending.get(callId);
    if (waiting === undefined || outcome === undefined) return;
    line.pending.delete(callId);
    if (outcome.$case === 'message') waiting.resolve(outcome.value);
    else waiting.reject(errors.fromStatus(outcome.value));
    if (line !== current && line.pending.size === 0) line.stream.end();
  };

  const drop = (line: Line, error: PublicError, hasFailed: boolean): void => {
    if (!lines.delete(line)) return;
    if (line === current) current = undefined;
    if (hasFailed) {
      failures += 1;
      retryAtMs = clock.monotonicMs() + backoffAfter(failures, options);
    }
    for (const { reject } of line.pending.values()) reject(error);
    line.pending.clear();
  };

  const open = (): Line => {
    const stream = client.exchange();
    const line: Line = { stream, pending: new Map(), openedAtMs: clock.monotonicMs(), lastCallId: 0 };
    stream.on('data', (bytes: Buffer) => {
      try {
        settle(line, bytes);
      } catch (cause) {
        drop(line, lost(cause), true);
        stream.cancel();
      }
    });
    stream.on('error', (error: ServiceError) => drop(line, errors.fromServiceError(error), true));
    stream.on('end', () => drop(line, lost(), false));
    lines.add(line);
    return line;
  };

  const lineNow = (): Line => {
    if (current !== undefined && clock.monotonicMs() - current.openedAtMs < streamAgeMs) return current;
    if (clock.monotonicMs() < retryAtMs) throw lost();
    const old = current;
    current = open();
    if (old?.pending.size === 0) old.stream.end();
    return current;
  };

  const admit = (signal: AbortSignal | undefined): Line => {
    if (isClosed) throw lost();
    if (signal?.aborted === true) throw givenUp(signal.reason);
    if (inFlight() >= inFlightMax) {
      throw errors.make('overloaded', 'The platform has too much to do at the moment.');
    }
    return lineNow();
  };

  const send = (line: Line, path: string, message: Buffer, { timeoutMs, signal, trace = {} }: CallOptions) =>
    new Promise<Buffer>((resolve, reject) => {
      line.lastCallId += 1;
      const callId = line.lastCallId;
      const settled = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const giveUp = (error: PublicError): void => {
        if (!line.pending.delete(callId)) return;
        settled();
        line.stream.write(encode({ callId, frame: { $case: 'cancel', value: {} } }));
        if (line !== current && line.pending.size === 0) line.stream.end();
        reject(error);
      };
      const onAbort = (): void => giveUp(givenUp(signal?.reason));
      const onTimeout = (): void =>
        giveUp(errors.make('upstream_timeout', 'A service of the platform did not answer in time.'));
      const timer = setTimeout(onTimeout, timeoutMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      line.pending.set(callId, {
        resolve: (answer) => {
          settled();
          resolve(answer);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      const call = { method: path, timeout: toDuration(timeoutMs), message, metadata: traceEntries(trace) };
      line.stream.write(encode({ callId, frame: { $case: 'call', value: call } }));
    });

  return {
    unary: async (definition, request, callOptions) => {
      const { path } = definition;
      const message = definition.requestSerialize(request);
      const startedAtMs = clock.monotonicMs();
      const first = admit(callOptions.signal);
      const answer = await send(first, path, message, callOptions).catch((error: unknown) => {
        const leftMs = callOptions.timeoutMs - (clock.monotonicMs() - startedAtMs);
        if (lines.has(first) || !idempotent.has(path) || leftMs <= 0) throw error;
        return send(admit(callOptions.signal), path, message, { ...callOptions, timeoutMs: leftMs });
      });
      return definition.responseDeserialize(answer);
    },
    inFlight,
    close: () => {
      isClosed = true;
      for (const line of [...lines]) {
        drop(line, lost(), false);
        line.stream.cancel();
      }
    },
  };
};

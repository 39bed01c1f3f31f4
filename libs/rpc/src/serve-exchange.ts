import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import { type Call, type Duration, ExchangeRequest, ExchangeResponse } from '@portolan/proto';
import { traceFrom } from './context.ts';
import { RpcRefusal } from './errors.ts';
import { assertMayCall } from './identity.ts';
import type { ServedUnary } from './method.ts';
import { type Serving, shuttingDown } from './serve-call.ts';

type RawExchange = ServerDuplexStream<Buffer, Buffer>;

/** Longer than any call lasts, and shorter than what a timer can hold. */
const TIMEOUT_MAX_MS = 3_600_000;

export interface ExchangeLimits {
  /** Calls that are open on one stream. */
  readonly inFlightMax: number;
}

const toTimeoutMs = (timeout: Duration | undefined): number => {
  const timeoutMs = timeout === undefined ? Number.NaN : timeout.seconds * 1_000 + timeout.nanos / 1_000_000;
  if (!(timeoutMs > 0)) throw new RpcRefusal(status.INVALID_ARGUMENT, 'A call needs a deadline.');
  return Math.min(timeoutMs, TIMEOUT_MAX_MS);
};

const unlessAbortedBy = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });

/** Serves the calls of one stream: each with its own deadline, and with the same right to call as if it came alone. */
export const serveExchange =
  (methods: ReadonlyMap<string, ServedUnary>, serving: Serving, limits: ExchangeLimits) =>
  (stream: RawExchange): void => {
    const callers = serving.callersOf(stream);
    const open = new Map<number, AbortController>();
    let isEnding = false;

    const endWhenIdle = (): void => {
      if (!isEnding || open.size > 0) return;
      serving.stopping.removeEventListener('abort', onEnding);
      stream.end();
    };
    const onEnding = (): void => {
      isEnding = true;
      endWhenIdle();
    };

    const answer = (outcome: ExchangeResponse): void => {
      if (stream.cancelled || stream.writableEnded) return;
      const hasRoom = stream.write(Buffer.from(ExchangeResponse.encode(outcome).finish()));
      if (hasRoom) return;
      stream.pause();
      stream.once('drain', () => stream.resume());
    };

    const run = (callId: number, call: Call, abort: AbortController): Promise<Buffer> => {
      const { access } = serving;
      if (access !== undefined) assertMayCall(access, call.method, callers);
      const method = methods.get(call.method);
      if (method === undefined) throw new RpcRefusal(status.UNIMPLEMENTED, 'There is no such method.');
      const timeoutMs = toTimeoutMs(call.timeout);
      const onTimeout = (): void =>
        abort.abort(new RpcRefusal(status.DEADLINE_EXCEEDED, `The call ${callId} took too long.`));
      const timer = setTimeout(onTimeout, timeoutMs);
      const context = {
        callers,
        trace: traceFrom((name) => call.metadata[name]),
        deadlineMs: Date.now() + timeoutMs,
        signal: abort.signal,
      };
      return unlessAbortedBy(abort.signal, method.run(call.message, context)).finally(() => clearTimeout(timer));
    };

    const serve = async (callId: number, call: Call): Promise<ExchangeResponse> => {
      try {
        if (serving.stopping.aborted) throw shuttingDown(serving.errors);
        if (open.has(callId)) throw new RpcRefusal(status.INVALID_ARGUMENT, 'A call with this id is open.');
        if (open.size >= limits.inFlightMax) {
          throw serving.errors.make('overloaded', 'A service of the platform has too much to do.');
        }
      } catch (error) {
        return refusal(callId, call.method, error);
      }
      const abort = new AbortController();
      open.set(callId, abort);
      try {
        return { callId, outcome: { $case: 'message', value: await run(callId, call, abort) } };
      } catch (error) {
        return refusal(callId, call.method, error);
      } finally {
        open.delete(callId);
      }
    };

    const refusal = (callId: number, path: string, error: unknown): ExchangeResponse => ({
      callId,
      outcome: {
        $case: 'status',
        value: serving.errors.toStatus(error, (unexpected) => serving.onUnexpected(unexpected, path)),
      },
    });

    const take = (bytes: Buffer): void => {
      const { callId, frame } = ExchangeRequest.decode(bytes);
      if (frame?.$case === 'call') {
        void serve(callId, frame.value).then((outcome) => {
          answer(outcome);
          endWhenIdle();
        });
      } else if (frame?.$case === 'cancel') {
        open.get(callId)?.abort(new RpcRefusal(status.CANCELLED, 'The call was given up.'));
      }
    };

    stream.on('data', (bytes: Buffer) => {
      try {
        take(bytes);
      } catch {
        stream.emit('error', { code: status.INVALID_ARGUMENT, details: 'A frame cannot be read.' });
      }
    });
    stream.on('end', onEnding);
    stream.on('cancelled', () => {
      serving.stopping.removeEventListener('abort', onEnding);
      for (const abort of open.values()) abort.abort(new RpcRefusal(status.CANCELLED, 'The caller is gone.'));
    });
    if (serving.stopping.aborted) onEnding();
    else serving.stopping.addEventListener('abort', onEnding, { once: true });
  };

import { type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from '@grpc/grpc-js';
import { type CallContext, traceFrom } from './context.ts';
import { type ErrorCodec, type PublicError, RpcRefusal, toServiceError } from './errors.ts';
import { type AccessTable, assertMayCall } from './identity.ts';
import type { ServedStream, ServedUnary } from './method.ts';

type RawUnaryCall = ServerUnaryCall<Buffer, Buffer>;
type RawStreamCall = ServerWritableStream<Buffer, Buffer>;
export type RawCall = Pick<RawUnaryCall, 'getDeadline' | 'getAuthContext' | 'metadata'> & {
  on(event: 'cancelled', listener: () => void): unknown;
};

/** What calls are served with. */
export interface Serving {
  /** Undefined for methods that anybody who is let in may call, for as long as they like: those of the health service. */
  readonly access: AccessTable | undefined;
  readonly callersOf: (call: RawCall) => readonly string[];
  readonly errors: ErrorCodec;
  /** Aborts when the server begins to stop. */
  readonly stopping: AbortSignal;
  readonly onUnexpected: (error: unknown, path: string) => void;
}

export const shuttingDown = (errors: ErrorCodec): PublicError =>
  errors.make('shutting_down', 'This instance of the service is shutting down.');

/** @throws RpcRefusal when the caller would wait for ever */
const deadlineOf = (call: RawCall): number => {
  const deadline = Number(call.getDeadline());
  if (!Number.isFinite(deadline)) throw new RpcRefusal(status.INVALID_ARGUMENT, 'A call needs a deadline.');
  return deadline;
};

/** @throws RpcRefusal */
const admit = (call: RawCall, path: string, serving: Serving): Omit<CallContext, 'signal'> => {
  const callers = serving.callersOf(call);
  const trace = traceFrom((name) => call.metadata.get(name)[0]);
  if (serving.access === undefined) return { callers, deadlineMs: Number.POSITIVE_INFINITY, trace };
  assertMayCall(serving.access, path, callers);
  return { callers, deadlineMs: deadlineOf(call), trace };
};

const cancelSignal = (call: RawCall): AbortController => {
  const abort = new AbortController();
  call.on('cancelled', () => abort.abort());
  return abort;
};

export const serveUnary =
  (method: ServedUnary, serving: Serving) =>
  (call: RawUnaryCall, answer: sendUnaryData<Buffer>): void => {
    const serve = async (): Promise<Buffer> => {
      const admitted = admit(call, method.path, serving);
      return method.run(call.request, { ...admitted, signal: cancelSignal(call).signal });
    };
    const refuse = (error: unknown): void =>
      answer(
        toServiceError(serving.errors.toStatus(error, (unexpected) => serving.onUnexpected(unexpected, method.path))),
      );
    serve().then((message) => answer(null, message), refuse);
  };

/** Resolves to `undefined` when the signal aborts first. */
const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });

const drained = (call: RawStreamCall): Promise<boolean> =>
  new Promise((resolve) => call.once('drain', () => resolve(true)));

const pump = async (answers: AsyncIterator<Buffer>, call: RawStreamCall, signal: AbortSignal): Promise<boolean> => {
  for (;;) {
    const next = await unlessAborted(answers.next(), signal);
    if (next === undefined) return false;
    if (next.done === true) return true;
    if (!call.write(next.value) && (await unlessAborted(drained(call), signal)) === undefined) return false;
  }
};

export const serveStream =
  (method: ServedStream, serving: Serving) =>
  (call: RawStreamCall): void => {
    const abort = cancelSignal(call);
    const onStopping = (): void => abort.abort();
    const serve = async (): Promise<void> => {
      const context = { ...admit(call, method.path, serving), signal: abort.signal };
      if (serving.stopping.aborted) throw shuttingDown(serving.errors);
      serving.stopping.addEventListener('abort', onStopping, { once: true });
      const answers = method.run(call.request, context)[Symbol.asyncIterator]();
      try {
        if (!(await pump(answers, call, abort.signal)) && serving.stopping.aborted) throw shuttingDown(serving.errors);
      } finally {
        abort.abort();
        answers.return?.()?.catch((error: unknown) => serving.onUnexpected(error, method.path));
      }
    };
    serve()
      .then(
        () => call.end(),
        (error: unknown) =>
          call.emit(
            'error',
            toServiceError(
              serving.errors.toStatus(error, (unexpected) => serving.onUnexpected(unexpected, method.path)),
            ),
          ),
      )
      .finally(() => serving.stopping.removeEventListener('abort', onStopping));
  };

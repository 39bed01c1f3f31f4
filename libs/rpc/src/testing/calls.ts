import { PlatformError } from './errors.ts';

export const IN_TIME = { timeoutMs: 10_000 };

export interface Gate {
  readonly promise: Promise<void>;
  open(): void;
}

/** Something to wait for, and to let happen. */
export const createGate = (): Gate => {
  let open: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open: () => open() };
};

export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** The error of ours that a call fails with. */
export const failureOf = async (work: Promise<unknown>): Promise<PlatformError> => {
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (error instanceof PlatformError) return error;
  throw new Error('The call did not fail with an error of ours.', { cause: error });
};

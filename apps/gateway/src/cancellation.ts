type Listener = () => void;

/**
 * One call's way to be called off: the client left, or its total deadline passed.
 * An AbortController for each call cost a plain relay a fifth of its throughput, so the hot path has this instead.
 */
export class Cancellation {
  #listener: Listener | undefined;
  #cancelled = false;

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Whoever waits registers here; one at a time, the newest replaces. Called at once when already cancelled. */
  onCancel(listener: Listener | undefined): void {
    this.#listener = listener;
    if (this.#cancelled) listener?.();
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#listener?.();
  }
}

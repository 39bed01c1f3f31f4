import { inspect } from 'node:util';

const SHOWN = '[secret]';

/** Secret bytes that never print, and that their owner erases. A plain Buffer would show itself in a log line or as JSON. */
export class SecretBytes {
  readonly #bytes: Buffer;

  /** @param bytes belong to this object from now on */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The bytes themselves, not a copy: zeros after `erase`. */
  reveal(): Buffer {
    return this.#bytes;
  }

  erase(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}

import { inspect } from 'node:util';

const MASK = '[secret]';

/** A value that never prints: not in logs, JSON, templates, errors or the inspector. Only `reveal()` gives it out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The plain value. Called where a header or a cipher needs it, nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** How a secret is shown to those who may know that it exists: its first two and last three characters. */
export const maskSecret = (value: string): string =>
  value.length <= 8 ? '********' : `${value.slice(0, 2)}********${value.slice(-3)}`;

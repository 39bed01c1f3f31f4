import type { Json, JsonObject } from '../spec/json.ts';
import type { Notice } from '../spec/provider.ts';

/**
 * Changes to a caller's body, copied only at the first of them: a body that needs none stays the very same
 * object, and the caller's own bytes can be forwarded.
 */
export class BodyEdit {
  readonly #original: JsonObject;
  readonly #notices: Notice[] = [];
  #copy: Record<string, Json | undefined> | undefined;

  constructor(original: JsonObject) {
    this.#original = original;
  }

  get body(): JsonObject {
    return this.#copy ?? this.#original;
  }

  get notices(): readonly Notice[] {
    return this.#notices;
  }

  get(name: string): Json | undefined {
    return this.body[name];
  }

  set(name: string, value: Json): void {
    if (this.body[name] === value) return;
    this.#writable()[name] = value;
  }

  /** Takes a parameter out; nothing happens when it is not there. */
  remove(name: string): void {
    if (Object.hasOwn(this.body, name)) delete this.#writable()[name];
  }

  /** Takes a parameter out and tells the caller. */
  drop(name: string, reason: string): void {
    if (!Object.hasOwn(this.body, name)) return;
    this.remove(name);
    this.note({ kind: 'dropped', param: name, reason });
  }

  note(notice: Notice): void {
    this.#notices.push(notice);
  }

  #writable(): Record<string, Json | undefined> {
    this.#copy ??= { ...this.#original };
    return this.#copy;
  }
}

/** The list with each element changed; the same list when none did. */
export const mapShared = (list: readonly Json[], change: (element: Json, index: number) => Json): readonly Json[] => {
  let copy: Json[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const element = list[index] ?? null;
    const changed = change(element, index);
    if (copy === undefined && changed !== element) copy = list.slice(0, index);
    copy?.push(changed);
  }
  return copy ?? list;
};

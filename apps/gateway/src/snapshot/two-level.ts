/** Where something is found: within the outer key, by the inner one. */
export interface Place {
  readonly outer: string;
  readonly inner: string;
}

/** A value for a place; undefined takes away what is there. */
export interface Placing<V> extends Place {
  readonly value: V | undefined;
}

/**
 * An immutable map of maps. A change copies the outer map and those inner ones that it touches: with one inner map for each workspace,
 * a change costs what its workspace holds, and whoever has the map before the change keeps it as it was.
 */
export class TwoLevelMap<V> {
  readonly #maps: ReadonlyMap<string, ReadonlyMap<string, V>>;

  constructor(maps: ReadonlyMap<string, ReadonlyMap<string, V>> = new Map()) {
    this.#maps = maps;
  }

  get(outer: string, inner: string): V | undefined {
    return this.#maps.get(outer)?.get(inner);
  }

  in(outer: string): readonly V[] {
    return [...(this.#maps.get(outer)?.values() ?? [])];
  }

  /** In the order given: of two values for one place the later one stays. */
  with(placings: readonly Placing<V>[]): TwoLevelMap<V> {
    const maps = new Map(this.#maps);
    const copied = new Map<string, Map<string, V>>();
    for (const { outer, inner, value } of placings) {
      let map = copied.get(outer);
      if (map === undefined) {
        map = new Map(maps.get(outer));
        copied.set(outer, map);
      }
      if (value === undefined) map.delete(inner);
      else map.set(inner, value);
    }
    for (const [outer, map] of copied) {
      if (map.size === 0) maps.delete(outer);
      else maps.set(outer, map);
    }
    return new TwoLevelMap(maps);
  }
}

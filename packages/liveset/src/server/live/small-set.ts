/**
 * A set that nearly always has one member or none: only from two on does it take the memory of a `Set`.
 *
 * @typeParam T is no `Set` itself
 */
export class SmallSet<T extends object> implements Iterable<T> {
  #held: T | Set<T> | undefined;

  get size(): number {
    if (this.#held === undefined) return 0;
    return this.#held instanceof Set ? this.#held.size : 1;
  }

  has(member: T): boolean {
    return this.#held instanceof Set ? this.#held.has(member) : this.#held === member;
  }

  add(member: T): void {
    if (this.#held === undefined) this.#held = member;
    else if (this.#held instanceof Set) this.#held.add(member);
    else if (this.#held !== member) this.#held = new Set([this.#held, member]);
  }

  delete(member: T): void {
    if (this.#held === member) this.#held = undefined;
    else if (this.#held instanceof Set) {
      this.#held.delete(member);
      if (this.#held.size === 0) this.#held = undefined;
    }
  }

  /** In the order in which they came. What is added or removed meanwhile is treated as a `Set` does. */
  [Symbol.iterator](): Iterator<T> {
    if (this.#held instanceof Set) return this.#held.values();
    return (this.#held === undefined ? [] : [this.#held]).values();
  }
}

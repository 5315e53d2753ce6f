import type { ChildIds, PartialIds } from "./links.ts";

/** A range to be loaded. */
export interface Range {
  readonly startIndex: number;
  readonly length: number;
}

/** The farthest that two slots of one request may be apart. */
const mostApart = 1_000;

/**
 * Which id stands in which slot of a list of which a part is known. Slots that the server has told of before the list was
 * told anew keep their ids, to be shown, until they are told again.
 */
export class PartialIndex {
  readonly #ids = new Map<number, string>();
  readonly #slots = new Map<string, number>();
  readonly #stale = new Set<number>();
  readonly #asked = new Set<number>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The id in a slot, undefined where it is not known. */
  at(index: number): string | undefined {
    return this.#ids.get(index);
  }

  /** The slot of an id, undefined where it is not known. */
  slotOf(id: string): number | undefined {
    return this.#slots.get(id);
  }

  /** Whether a slot should be asked for. */
  isMissing(index: number): boolean {
    return (!this.#ids.has(index) || this.#stale.has(index)) && !this.#asked.has(index);
  }

  /** The list is told anew, in part. */
  tell({ startIndex = 0, indexes, length }: PartialIds): void {
    for (const slot of this.#ids.keys()) this.#stale.add(slot);
    this.#asked.clear();
    this.fill({ startIndex, indexes, length });
  }

  /** A range is told. */
  fill({ startIndex = 0, indexes, length }: PartialIds): void {
    this.#length = length;
    for (const [slot] of this.#ids) if (slot >= length) this.#clear(slot);
    indexes.forEach((id, offset) => {
      const slot = startIndex + offset;
      if (slot >= length) return;
      const other = this.#slots.get(id);
      if (other !== undefined && other !== slot) this.#clear(other);
      this.#clear(slot);
      this.#ids.set(slot, id);
      this.#slots.set(id, slot);
    });
  }

  /** An id is gone: those behind it move up. */
  remove(id: string): void {
    const gone = this.#slots.get(id);
    if (gone === undefined) return;
    const entries = [...this.#ids].filter(([slot]) => slot !== gone);
    const stale = new Set(this.#stale);
    const length = Math.max(this.#length - 1, 0);
    this.clear();
    this.#length = length;
    for (const [slot, other] of entries) {
      const next = slot > gone ? slot - 1 : slot;
      this.#ids.set(next, other);
      this.#slots.set(other, next);
      if (stale.has(slot)) this.#stale.add(next);
    }
  }

  /** An id takes the place of another. */
  replace(old: string, id: string): void {
    const slot = this.#slots.get(old);
    if (slot === undefined) return;
    this.#clear(slot);
    this.#ids.set(slot, id);
    this.#slots.set(id, slot);
  }

  /** The ranges to be asked for so that these slots are known, from now on under way. `margin` more are asked for on either side. */
  ask(slots: readonly number[], margin: number): Range[] {
    const ranges: { from: number; to: number }[] = [];
    for (const slot of [...slots].sort((a, b) => a - b)) {
      const from = this.#reach(slot, -1, margin);
      const to = this.#reach(slot, 1, margin);
      const last = ranges.at(-1);
      if (last !== undefined && from - last.to <= mostApart && to - last.from < mostApart) {
        last.to = Math.max(last.to, to);
      } else ranges.push({ from, to });
    }
    for (const { from, to } of ranges) for (let slot = from; slot <= to; slot++) this.#asked.add(slot);
    return ranges.map(({ from, to }) => ({ startIndex: from, length: to - from + 1 }));
  }

  /** A range is not under way any more. */
  answered({ startIndex, length }: Range): void {
    for (let slot = startIndex; slot < startIndex + length; slot++) this.#asked.delete(slot);
  }

  clear(): void {
    this.#ids.clear();
    this.#slots.clear();
    this.#stale.clear();
    this.#asked.clear();
    this.#length = 0;
  }

  /** How far from a slot there is something to be asked for, within the margin. */
  #reach(slot: number, step: 1 | -1, margin: number): number {
    let reached = slot;
    for (let next = slot + step, i = 0; i < margin && next >= 0 && next < this.#length; next += step, i++) {
      if (this.isMissing(next)) reached = next;
    }
    return reached;
  }

  #clear(slot: number): void {
    const id = this.#ids.get(slot);
    if (id !== undefined && this.#slots.get(id) === slot) this.#slots.delete(id);
    this.#ids.delete(slot);
    this.#stale.delete(slot);
    this.#asked.delete(slot);
  }
}

/** Whether a child field's ids are known in part only. */
export function isPartial(ids: ChildIds): ids is PartialIds {
  return !Array.isArray(ids);
}

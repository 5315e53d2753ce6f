import type { WireRow } from "../../core/json.ts";
import { jsonEqual } from "../json-equal.ts";
import { Listeners } from "../listeners.ts";
import type { LazyParts, LazyResource } from "./lazy-parts.ts";
import { childIdsOf } from "./links.ts";
import { isPartial, PartialIndex, type Range } from "./partial-index.ts";
import { runOutcome } from "./run-outcome.ts";

/** What a list of children needs of their resource. */
export interface ChildSource<Row extends object> extends LazyResource {
  read(id: string): Row;
  placeholder(id: string): Row;
  /** Ids that are not to be shown: their rows are being deleted. */
  readonly hidden: ReadonlySet<string>;
  /** A new row, not sent yet. */
  draft(row: Row, list: ChildList<Row>): string;
  saveDraft(id: string): Promise<Row>;
  dropDraft(id: string): void;
  /** The list is watched, or not any more. */
  watched(list: ChildList<Row>, isWatched: boolean): void;
}

const none: readonly number[] = [];

/** Whose children they are. */
export interface ParentRow {
  readonly parent: LazyResource;
  readonly parentId: string;
  readonly field: string;
}

/**
 * The children of a row: ids, whose rows are loaded as they are read. Of very long lists the ids themselves are loaded by
 * range, as they are read. It is no array: read what is seen, not everything.
 */
export class ChildList<Row extends object> implements Iterable<Row> {
  readonly place: ParentRow;
  readonly #child: ChildSource<Row>;
  readonly #parts: LazyParts;
  readonly #signal: AbortSignal;
  readonly #listeners: Listeners;
  readonly #index = new PartialIndex();
  readonly #wanted = new Set<number>();
  readonly #failed = new Set<number>();
  /** Ids of new rows that the server does not have yet. */
  #extras: readonly string[] = [];
  #shown = new Set<string>();
  #told: unknown = undefined;
  #times = 0;
  #plain: readonly string[] | null = [];
  #cancel: (() => void) | null = null;
  #version = 0;
  #error: unknown = null;
  #unwatch: (() => void) | null = null;

  constructor(place: ParentRow, child: ChildSource<Row>, parts: LazyParts, signal: AbortSignal) {
    this.place = place;
    this.#child = child;
    this.#parts = parts;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#cancel?.(), { once: true });
    this.#listeners = new Listeners(parts.turn, parts.onError);
  }

  /** How many children there are, those that are not known yet included. */
  get length(): number {
    this.#look();
    const hidden = this.#hidden().length;
    const own = this.#plain === null ? this.#index.length : this.#plain.length;
    return own - hidden + this.#visibleExtras().length;
  }

  /**
   * The child in a place; what is shown of it until it is there, where it is not. Reading loads it.
   * @throws RangeError for a place that there is not
   */
  at(index: number): Row {
    const slot = this.#slotOf(index);
    if (slot === undefined) throw new RangeError("Index out of bounds");
    const id = typeof slot === "string" ? slot : this.#idIn(slot);
    if (typeof slot === "number") this.#want(slot);
    if (id === undefined) return this.#child.placeholder(`index-${index}`);
    this.#shown.add(id);
    return this.#child.read(id);
  }

  /** The id in a place, `index-N` where it is not known yet, undefined where there is no such place. Nothing is loaded. */
  idAt(index: number): string | undefined {
    const slot = this.#slotOf(index);
    if (slot === undefined || typeof slot === "string") return slot;
    return this.#idIn(slot) ?? `index-${index}`;
  }

  /** All ids, as `idAt` gives them. */
  get ids(): readonly string[] {
    return Array.from({ length: this.length }, (_, index) => this.idAt(index) ?? "");
  }

  /** Some of the children, read. */
  slice(start: number, end: number): Row[] {
    const last = Math.min(end, this.length);
    return Array.from({ length: Math.max(last - Math.max(start, 0), 0) }, (_, i) =>
      this.at(Math.max(start, 0) + i),
    );
  }

  /** Reads, and so loads, all of them. */
  *[Symbol.iterator](): Iterator<Row> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  toJSON(): readonly string[] {
    return this.ids;
  }

  /** Another number after each change. */
  getSnapshot(): number {
    return this.#version;
  }

  /** Calls back after each change of the list, or of a child that was read since the last one. While somebody listens, these are kept fresh. */
  subscribe(listener: () => void): () => void {
    if (this.#unwatch === null) this.#watch();
    const end = this.#listeners.subscribe(listener);
    return () => {
      end();
      // One listener is its own.
      if (this.#listeners.size > 1) return;
      this.#unwatch?.();
      this.#unwatch = null;
      this.#child.watched(this, false);
    };
  }

  /** Whether a child was read lately, by somebody who listens. */
  shows(id: string): boolean {
    return this.#unwatch !== null && this.#shown.has(id);
  }

  /** Why ids could not be loaded, null where they could. */
  get error(): unknown {
    return this.#error;
  }

  /** Asks again, when it is read, for ids that could not be loaded. */
  retry(): void {
    this.#failed.clear();
    this.#error = null;
    this.changed();
  }

  /** Adds a row and saves it. Resolves with the row as it was saved. */
  add(row: Row): Promise<Row> {
    const id = this.addToStore(row);
    // Within a transaction the row is there once the present job is done.
    return new Promise((resolve) => {
      this.#parts.turn.run(() => resolve(this.#child.saveDraft(id)));
    });
  }

  /** Adds a row with a temporary id, at the end, to be edited. The first assignment to it saves it. Returns its id. */
  addToStore(row: Row): string {
    let id = "";
    this.#parts.turn.join(() => {
      id = this.#child.draft(row, this);
    });
    return id;
  }

  /** Takes back a row that was added and is not saved. */
  removeFromStore(row: Row | string): void {
    const key = this.#child.definition.key ?? "id";
    this.#child.dropDraft(typeof row === "string" ? row : String((row as Record<string, unknown>)[key]));
  }

  /** For the resource: a new row without an id of the server's. */
  append(id: string): void {
    this.#extras = [...this.#extras, id];
    this.changed();
  }

  /** For the resource: a row was saved and the parent's field has it. Of a long list its place is behind all others. */
  linked(id: string): void {
    if (this.#plain !== null) return;
    const { length } = this.#index;
    this.#index.fill({ startIndex: length, indexes: [id], length: length + 1 });
    this.#told = this.#field();
  }

  /** For the resource: a new row is there, or not any more. */
  withdraw(id: string): void {
    if (!this.#extras.includes(id)) return;
    this.#extras = this.#extras.filter((other) => other !== id);
    this.changed();
  }

  /** For the resource: the parent was loaded anew. */
  renewed(): void {
    this.#told = undefined;
    this.#failed.clear();
    this.#error = null;
    this.#look();
    this.changed();
  }

  /** For the resource: rows are gone. The parent's field does not have them any more. */
  removed(ids: Iterable<string>): void {
    if (this.#plain !== null) return;
    for (const id of ids) this.#index.remove(id);
    this.#told = this.#field();
    this.changed();
  }

  /** Something in it is another thing. */
  changed(): void {
    this.#version++;
    this.#listeners.changed();
  }

  #field(): unknown {
    return (this.place.parent.rows.confirmed(this.place.parentId) as WireRow | undefined)?.[this.place.field];
  }

  /** Takes note of what the parent says, where that is new. */
  #look(): void {
    const field = this.#field();
    if (field === this.#told && field !== undefined) return;
    if (this.#told !== undefined && jsonEqual(field as never, this.#told as never)) {
      this.#told = field;
      return;
    }
    this.#told = field;
    const ids = childIdsOf(
      this.place.parent.rows.confirmed(this.place.parentId) as WireRow | undefined,
      this.place.field,
    );
    if (!isPartial(ids)) {
      this.#plain = ids;
      this.#index.clear();
      return;
    }
    this.#plain = null;
    this.#times++;
    this.#index.tell(ids);
  }

  /** The slots of children that are not shown, in order. Asked at each read, so it costs what is hidden, not what there is. */
  #hidden(): readonly number[] {
    const { hidden } = this.#child;
    if (hidden.size === 0) return none;
    const plain = this.#plain;
    if (plain !== null) return plain.flatMap((id, slot) => (hidden.has(id) ? [slot] : []));
    return [...hidden].flatMap((id) => this.#index.slotOf(id) ?? []).sort((a, b) => a - b);
  }

  #visibleExtras(): readonly string[] {
    return this.#extras.filter((id) => this.#child.rows.get(id) !== undefined);
  }

  /** The slot in a place, or the id of a new row. */
  #slotOf(index: number): number | string | undefined {
    this.#look();
    if (!Number.isInteger(index) || index < 0) return undefined;
    const hidden = this.#hidden();
    const own = (this.#plain === null ? this.#index.length : this.#plain.length) - hidden.length;
    if (index >= own) return this.#visibleExtras()[index - own];
    let slot = index;
    for (const gone of hidden) if (gone <= slot) slot++;
    return slot;
  }

  #idIn(slot: number): string | undefined {
    return this.#plain === null ? this.#index.at(slot) : this.#plain[slot];
  }

  /** Has a slot's id loaded, where it is not known. */
  #want(slot: number): void {
    if (this.#plain !== null || !this.#index.isMissing(slot) || this.#failed.has(slot)) return;
    this.#wanted.add(slot);
    this.#cancel ??= this.#parts.clock.after(0, () => {
      this.#cancel = null;
      this.#loadWanted();
    });
  }

  #loadWanted(): void {
    const { prefetch = 0 } = this.#child.definition;
    const wanted = [...this.#wanted].filter((slot) => this.#plain === null && this.#index.isMissing(slot));
    this.#wanted.clear();
    if (this.#signal.aborted) return;
    for (const range of this.#index.ask(wanted, prefetch)) void this.#load(range);
  }

  async #load(range: Range): Promise<void> {
    const { parent, parentId, field } = this.place;
    const times = this.#times;
    try {
      const told = await runOutcome(() => {
        const load = parent.definition.effects.loadByIndexes;
        if (load === undefined) throw new TypeError(`${parent.name} has no loadByIndexes.`);
        const { startIndex, length } = range;
        return load.call(parent.definition.effects, parentId, field, startIndex, length, {
          signal: this.#signal,
          mutation: "",
        });
      }, this.#signal);
      // The list was told anew meanwhile: this answer may be older.
      if (times !== this.#times) return;
      this.#parts.turn.run(() => {
        this.#index.answered(range);
        if (told !== undefined) {
          this.#index.fill({ ...told, indexes: told.indexes.map(String) });
          this.#failUnanswered(range);
        }
        this.changed();
      });
    } catch (thrown) {
      if (this.#signal.aborted) return;
      this.#parts.turn.run(() => {
        this.#index.answered(range);
        for (let i = 0; i < range.length; i++) this.#failed.add(range.startIndex + i);
        this.#error = thrown;
        this.changed();
      });
      this.#parts.report("loadByIndexes", thrown);
    }
  }

  /** What an answer left out is not asked for without end. */
  #failUnanswered({ startIndex, length }: Range): void {
    for (let slot = startIndex; slot < startIndex + length; slot++) {
      if (slot < this.#index.length && this.#index.at(slot) === undefined) this.#failed.add(slot);
    }
  }

  #watch(): void {
    const { parent, parentId } = this.place;
    const ends = [
      parent.rows.watch((key) => {
        if (key === parentId) this.changed();
      }),
      this.#child.rows.watch((key) => {
        if (this.#shown.has(key)) this.changed();
      }),
      // Before the others: what they read is what is shown from now on.
      this.#listeners.subscribe(() => {
        this.#shown = new Set();
      }),
    ];
    this.#unwatch = () => {
      for (const end of ends) end();
    };
    this.#child.watched(this, true);
  }
}

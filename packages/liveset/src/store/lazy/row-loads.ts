import type { WireRow } from "../../core/json.ts";
import type { KeyText } from "../../core/key/key.ts";
import type { Rows } from "../rows.ts";
import { type LazyDefinition, type Refetch, resolveLifetimes } from "./lazy-definition.ts";
import { type LazyEntry, newEntry } from "./lazy-entries.ts";
import type { LazyParts } from "./lazy-parts.ts";
import { LoadQueue } from "./load-queue.ts";
import type { RowState } from "./row-state.ts";
import { runOutcome } from "./run-outcome.ts";

const unknownState: RowState = Object.freeze({
  status: "unknown",
  isDirty: false,
  isEditing: false,
  error: null,
});

/** Whose rows are loaded. */
export interface RowLoadsOwner<Row extends object> {
  readonly rows: Rows;
  readonly definition: () => LazyDefinition<Row>;
  readonly signal: () => AbortSignal;
  /** Whether a list that somebody watches shows the row. */
  isShown(id: string): boolean;
  /** Whether a row is new, and not the server's yet. */
  isDraft(id: string): boolean;
  /** Rows have arrived and are shown. */
  arrived(ids: readonly string[]): void;
}

/** What is known of a lazy resource's rows beside their values, how they are loaded, and how long they are kept. */
export class RowLoads<Row extends object> {
  readonly #owner: RowLoadsOwner<Row>;
  readonly #parts: LazyParts;
  readonly #entries = new Map<string, LazyEntry>();
  readonly #states = new WeakMap<LazyEntry, RowState>();
  #queue: LoadQueue | null = null;

  constructor(owner: RowLoadsOwner<Row>, parts: LazyParts) {
    this.#owner = owner;
    this.#parts = parts;
  }

  get ids(): Iterable<string> {
    return this.#entries.keys();
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** The row is gone. An answer that is under way may still have it, and is asked for again. */
  forget(id: string): void {
    if (this.#loads.isLoading(id)) {
      this.entry(id).writes++;
      this.#loads.add(id, true);
    } else this.#entries.delete(id);
  }

  entry(id: string): LazyEntry {
    const found = this.#entries.get(id);
    if (found !== undefined) return found;
    const entry = newEntry();
    entry.stampedAt = this.#parts.clock.now();
    if (this.#owner.rows.get(id) !== undefined) entry.status = "ready";
    this.#entries.set(id, entry);
    return entry;
  }

  state(id: string): RowState {
    const entry = this.#entries.get(id);
    if (entry === undefined) return unknownState;
    const { status, isDirty, isEditing, error } = entry;
    const old = this.#states.get(entry);
    const same =
      old?.status === status && old.isDirty === isDirty && old.isEditing === isEditing && old.error === error;
    if (same) return old;
    const next = Object.freeze({ status, isDirty, isEditing, error });
    this.#states.set(entry, next);
    return next;
  }

  /** Somebody reads a row: it is loaded, where it is not there or is dirty. */
  read(id: string, isGoing: boolean): void {
    const entry = this.entry(id);
    entry.wasRead = true;
    if (this.#owner.rows.get(id) !== undefined) {
      if (entry.isDirty && !entry.isEditing) this.#loads.add(id, false);
      return;
    }
    if (entry.status === "ready" && !isGoing) entry.status = "unknown";
    if (entry.status === "unknown") this.load(id);
  }

  /** What is shown of a row that is not there; the same object until that changes. */
  placeholder(id: string, isPlace: boolean): Row {
    const entry = isPlace ? newEntry() : this.entry(id);
    const { key = "id", defaultRow } = this.#owner.definition();
    const isLoading = entry.status === "loading" || entry.status === "unknown";
    const old = entry.placeholder as { readonly isLoading?: boolean } | null;
    if (old === null || old.isLoading !== isLoading) {
      entry.placeholder = Object.freeze({ ...defaultRow(id), [key]: id, isLoading });
    }
    return entry.placeholder as Row;
  }

  /** @param again whether an answer that is under way is too old */
  load(id: string, again = false): void {
    const entry = this.entry(id);
    const { rows } = this.#owner;
    if (rows.get(id) === undefined && !this.#loads.isLoading(id)) {
      const shown = entry.status;
      entry.status = "loading";
      entry.error = null;
      if (shown !== "unknown") rows.touch(id as KeyText);
    }
    this.#loads.add(id, again);
  }

  /** A row has changed elsewhere, or has become old. */
  dirty(id: string, refetch: Refetch = this.#owner.definition().refetch ?? "watched"): void {
    const entry = this.entry(id);
    const { rows } = this.#owner;
    if (this.#owner.isDraft(id)) return;
    if (entry.isEditing) {
      entry.hasMissed = true;
      return;
    }
    if (rows.get(id) !== undefined && !entry.isDirty) {
      entry.isDirty = true;
      rows.touch(id as KeyText);
    }
    // A load that is under way may have been answered before the change.
    const now = refetch === "stored" || (refetch === "watched" && this.#inUse(id, entry));
    if (now || this.#loads.isLoading(id)) this.#loads.add(id, true);
  }

  /** Whether a notice about a row concerns it: it is there, or on its way. */
  isHere(id: string): boolean {
    return this.#owner.rows.get(id) !== undefined || this.#loads.isLoading(id);
  }

  /** Rows have arrived. Those that are being edited are held aside. */
  arrive(given: readonly Row[]): void {
    const { rows } = this.#owner;
    const now = this.#parts.clock.now();
    const shown: Row[] = [];
    for (const row of given) {
      const id = this.idOf(row);
      const entry = this.entry(id);
      const changes = entry.status !== "ready" || entry.isDirty;
      Object.assign(entry, {
        status: "ready",
        isDirty: false,
        error: null,
        stampedAt: now,
        placeholder: null,
      });
      if (entry.isEditing && rows.get(id) !== undefined) entry.held = row;
      else shown.push(row);
      if (changes) rows.touch(id as KeyText);
    }
    rows.put(shown as object as readonly WireRow[]);
    this.#owner.arrived(shown.map((row) => this.idOf(row)));
  }

  idOf(row: Row): string {
    return String((row as Record<string, unknown>)[this.#owner.definition().key ?? "id"]);
  }

  edit(id: string, isEditing: boolean): void {
    const entry = this.entry(id);
    if (entry.isEditing === isEditing) return;
    entry.isEditing = isEditing;
    const { held, hasMissed } = entry;
    Object.assign(entry, { held: null, hasMissed: false });
    if (!isEditing && held !== null) this.arrive([held as Row]);
    if (!isEditing && hasMissed) this.dirty(id);
    this.#owner.rows.touch(id as KeyText);
  }

  /** Does what time asks for: rows that are old become dirty, and go where nobody has them. */
  sweep(now: number): void {
    const { rows } = this.#owner;
    const definition = this.#owner.definition();
    const { markDirtyTime, removeTime } = resolveLifetimes(definition, this.#parts.lifetimes);
    const old: string[] = [];
    for (const [id, entry] of this.#entries) {
      const age = now - entry.stampedAt;
      if (this.#isBusy(id, entry)) continue;
      if (removeTime > 0 && age >= removeTime && !this.#inUse(id, entry)) old.push(id);
      else if (markDirtyTime >= 0 && age >= markDirtyTime && entry.status === "ready" && !entry.isDirty) {
        this.dirty(id, definition.refetch === "read" ? "read" : "watched");
      }
    }
    for (const id of old) this.#entries.delete(id);
    rows.remove(old);
  }

  /** Forgets everything. */
  clear(): void {
    this.#queue?.end();
    this.#queue = null;
    this.#owner.rows.remove([...this.#entries.keys()]);
    this.#entries.clear();
  }

  #isBusy(id: string, { status, isEditing }: LazyEntry): boolean {
    if (status === "loading" || isEditing || this.#loads.isLoading(id) || this.#owner.isDraft(id))
      return true;
    return this.#parts.isPending(this.#owner.rows.resource, id);
  }

  #inUse(id: string, entry: LazyEntry): boolean {
    const { rows } = this.#owner;
    return rows.isWatched(id) || (entry.wasRead && rows.isWatchedWhole) || this.#owner.isShown(id);
  }

  get #loads(): LoadQueue {
    const { chunkSize = 1_000, concurrency = 4 } = this.#owner.definition();
    this.#queue ??= new LoadQueue({
      clock: this.#parts.clock,
      chunkSize,
      concurrency,
      load: (ids) => this.#loadNow(ids),
    });
    return this.#queue;
  }

  async #loadNow(ids: readonly string[]): Promise<void> {
    const { turn } = this.#parts;
    const signal = this.#owner.signal();
    const definition = this.#owner.definition();
    const before = new Map(ids.map((id) => [id, this.entry(id).writes]));
    const missing = new Set(ids);
    const take = (rows: readonly Row[]): void =>
      turn.run(() => {
        if (signal.aborted) return;
        for (const row of rows) missing.delete(this.idOf(row));
        const isOld = (id: string): boolean => before.has(id) && before.get(id) !== this.entry(id).writes;
        // An answer from before a write of one's own is asked for again.
        for (const row of rows) if (isOld(this.idOf(row))) this.#loads.add(this.idOf(row), true);
        this.arrive(rows.filter((row) => !isOld(this.idOf(row))));
      });
    try {
      await runOutcome(() => definition.effects.loadByIds(ids, { signal, mutation: "" }), signal, take);
      turn.run(() => this.#settle([...missing], "absent", null));
    } catch (thrown) {
      if (signal.aborted) return;
      turn.run(() => this.#settle([...missing], "error", thrown));
      this.#parts.report("loadByIds", thrown);
    }
  }

  /** The server does not have these rows, or they could not be loaded: then what was there stays. */
  #settle(ids: readonly string[], status: "absent" | "error", error: unknown): void {
    const { rows } = this.#owner;
    for (const id of ids) {
      const stampedAt = this.#parts.clock.now();
      Object.assign(this.entry(id), {
        status,
        error,
        stampedAt,
        ...(status === "absent" ? { isDirty: false } : {}),
      });
      rows.touch(id as KeyText);
    }
    if (status === "absent") rows.remove(ids);
  }
}

import type { WireRow } from "../core/json.ts";
import { type Key, type KeyText, keyText, keyTextOf } from "../core/key/key.ts";
import { jsonEqual } from "./json-equal.ts";
import { Listeners } from "./listeners.ts";
import { foldRow, type Overlay } from "./overlay.ts";
import type { Readable } from "./signal.ts";
import type { Turn } from "./turn.ts";

/** What rows stand on: one for all resources of a store. */
export interface RowsParts {
  readonly turn: Turn;
  readonly overlay: Overlay;
  readonly onError: (error: unknown) => void;
}

interface Entry {
  row: WireRow;
  /** Live lists that have it. */
  holders: number;
  /** It was put by hand, or loaded. */
  kept: boolean;
}

/**
 * The rows of one resource by key, each once, whoever brought it: live lists, loads, or `put`. A row is frozen and stays
 * the same object while it is equal. What is shown is the row with the pending writes on it.
 *
 * @example
 * ```ts
 * import { createStore } from "liveset/store";
 *
 * const tasks = createStore().rows<{ id: number; text: string }>("tasks");
 * const end = tasks.row(1).subscribe(() => console.log(tasks.get(1)?.text));
 * tasks.put([{ id: 1, text: "Buy milk" }]); // prints: Buy milk
 * end();
 * ```
 */
export class Rows<Row extends object = WireRow> {
  readonly resource: string;
  readonly #parts: RowsParts;
  readonly #entries = new Map<KeyText, Entry>();
  readonly #shown = new Map<KeyText, WireRow>();
  readonly #listeners: Listeners;
  readonly #byKey = new Map<KeyText, Listeners>();
  readonly #watchers = new Set<(key: KeyText) => void>();
  #keys: readonly string[] = ["id"];
  #all: readonly Row[] | null = null;

  constructor(resource: string, parts: RowsParts) {
    this.resource = resource;
    this.#parts = parts;
    this.#listeners = new Listeners(parts.turn, parts.onError);
  }

  /** Names of the key's fields, in order. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  set keys(keys: readonly string[]) {
    this.#keys = keys;
  }

  /** How many rows there are, pending writes left aside. */
  get size(): number {
    return this.#entries.size;
  }

  /** The row as it is shown, undefined where it is not there. */
  get(key: Key): Row | undefined {
    return this.#show(keyText(key)) as Row | undefined;
  }

  /** The row without the pending writes. */
  confirmed(key: Key): Row | undefined {
    return this.#entries.get(keyText(key))?.row as Row | undefined;
  }

  /** Whether a live list keeps the row up to date. */
  isLive(key: Key): boolean {
    return (this.#entries.get(keyText(key))?.holders ?? 0) > 0;
  }

  /** All rows that are shown, in no particular order; the same array until one changes. */
  getSnapshot(): readonly Row[] {
    this.#all ??= Object.freeze(
      [...new Set([...this.#entries.keys(), ...this.#pending().keys()])].flatMap((key) => {
        const row = this.#show(key);
        return row === undefined ? [] : [row as Row];
      }),
    );
    return this.#all;
  }

  /** Calls back after each transaction in which any row changed, or what is pending; the returned function ends it. */
  subscribe(listener: () => void): () => void {
    return this.#listeners.subscribe(listener);
  }

  /** One row, to be read and watched. */
  row(key: Key): Readable<Row | undefined> {
    const text = keyText(key);
    return {
      getSnapshot: () => this.#show(text) as Row | undefined,
      subscribe: (call) => this.#on(text, call),
    };
  }

  /** Whether anybody watches the row by itself. */
  isWatched(key: Key): boolean {
    return this.#byKey.has(keyText(key));
  }

  /** Whether anybody watches all rows. */
  get isWatchedWhole(): boolean {
    return this.#listeners.size > 0;
  }

  /** Puts rows, in place of those of the same keys. A row that a live list has is not replaced: the list knows better. */
  put(rows: readonly Row[]): void {
    this.#parts.turn.run(() => {
      for (const given of rows) {
        const row = given as unknown as WireRow;
        const key = keyTextOf(row, this.keys);
        const entry = this.#entries.get(key);
        if (entry === undefined) this.#entries.set(key, { row: Object.freeze(row), holders: 0, kept: true });
        else {
          entry.kept = true;
          if (entry.holders > 0 || jsonEqual(entry.row, row)) continue;
          entry.row = Object.freeze(row);
        }
        this.touch(key);
      }
    });
  }

  /** Removes what was put. Rows that a live list has stay. */
  remove(keys: readonly Key[]): void {
    this.#parts.turn.run(() => {
      for (const key of keys.map(keyText)) {
        const entry = this.#entries.get(key);
        if (entry === undefined) continue;
        entry.kept = false;
        this.#collect(key, entry);
      }
    });
  }

  /** Removes all that was put. */
  clear(): void {
    this.remove([...this.#entries.keys()]);
  }

  /** A live list has the row from now on. Returns the object to be used: the one that is there, where it is equal. */
  hold(key: KeyText, row: WireRow): WireRow {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.holders++;
    else this.#entries.set(key, { row, holders: 1, kept: false });
    return entry === undefined ? this.#arrive(key, row, undefined) : this.renew(key, row);
  }

  /** A live list has a newer state of a row that it holds. */
  renew(key: KeyText, row: WireRow): WireRow {
    const entry = this.#entries.get(key);
    return entry === undefined ? row : this.#arrive(key, row, entry);
  }

  /** A live list does not have the row any more. */
  drop(key: KeyText): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.holders--;
    this.#collect(key, entry);
  }

  /** Calls back, at once, for each key whose shown row may be another one. */
  watch(watcher: (key: KeyText) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** What is shown of a row may be another thing: its own state, what is pending, or what is known of it. */
  touch(key: KeyText): void {
    this.#all = null;
    for (const watcher of this.#watchers) watcher(key);
    this.#byKey.get(key)?.changed();
    this.#listeners.changed();
  }

  #arrive(key: KeyText, row: WireRow, entry: Entry | undefined): WireRow {
    // What a pending write showed is most often what arrives: then nobody has to be shown anything new.
    const shown = this.#shown.get(key);
    const old = shown !== undefined && jsonEqual(shown, row) ? shown : entry?.row;
    const next = old !== undefined && jsonEqual(old, row) ? old : Object.freeze(row);
    if (entry !== undefined && entry.row === next) return next;
    const own = entry ?? this.#entries.get(key);
    if (own !== undefined) own.row = next;
    this.touch(key);
    return next;
  }

  #collect(key: KeyText, { holders, kept }: Entry): void {
    if (holders > 0 || kept) return;
    this.#entries.delete(key);
    this.touch(key);
  }

  #show(key: KeyText): WireRow | undefined {
    const row = this.#entries.get(key)?.row;
    const pending = this.#pending();
    if (pending.size === 0 && this.#shown.size === 0) return row;
    const operations = pending
      .get(key)
      ?.filter(({ isAnswered, isTemporary }) => !(isAnswered && isTemporary));
    if (operations === undefined) {
      this.#shown.delete(key);
      return row;
    }
    const next = foldRow(row, operations);
    const old = this.#shown.get(key);
    if (next === undefined) this.#shown.delete(key);
    else if (old !== undefined && jsonEqual(old, next)) return old;
    else this.#shown.set(key, next);
    return next;
  }

  #pending(): ReturnType<Overlay["of"]> {
    return this.#parts.overlay.of(this.resource);
  }

  #on(key: KeyText, call: () => void): () => void {
    const { turn, onError } = this.#parts;
    const listeners = this.#byKey.get(key) ?? new Listeners(turn, onError);
    this.#byKey.set(key, listeners);
    const end = listeners.subscribe(call);
    return () => {
      end();
      if (listeners.size === 0 && this.#byKey.get(key) === listeners) this.#byKey.delete(key);
    };
  }
}

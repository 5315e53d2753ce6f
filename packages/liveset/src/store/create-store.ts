import type { Clock } from "../core/clock.ts";
import type { Json, WireRow } from "../core/json.ts";
import { type Key, keyText } from "../core/key/key.ts";
import type { ClientStore, LiveView, StoreClient, WriteQuestion } from "./client-store.ts";
import type { LazyDefinition, Lifetimes } from "./lazy/lazy-definition.ts";
import { LazyRegistry, type TableTranslation } from "./lazy/lazy-registry.ts";
import type { LazyRows } from "./lazy/lazy-rows.ts";
import { Listeners } from "./listeners.ts";
import { LocalList, type LocalQuery } from "./local-list.ts";
import { mutationId } from "./mutation-id.ts";
import type { WriteQueue } from "./offline/write-queue.ts";
import { Overlay, type PendingOperation } from "./overlay.ts";
import { pendingOperations } from "./pending-operations.ts";
import type { PendingWrite } from "./pending-write.ts";
import { PendingWrites } from "./pending-writes.ts";
import { realClock } from "./real-clock.ts";
import { Rows, type RowsParts } from "./rows.ts";
import { ShownList } from "./shown-list.ts";
import type { Target } from "./target.ts";
import { Turn } from "./turn.ts";

/** Options of a store. All may be left out. */
export interface StoreOptions extends Lifetimes {
  /** Is told of loads and writes of lazy resources that failed: what was being done, and why. Default: `onError`. */
  readonly handleError?: (message: string, error: unknown) => void;
  /** How often lazy rows are looked over for their age, in ms. Default: a minute. */
  readonly runInterval?: number;
  /** Under which names, and with which ids, the tables of a server's notices are found here. */
  readonly tables?: Readonly<Record<string, TableTranslation>>;
  /** Whether a notice may say `create`: then rows that were absent are asked for again. Default: that is an error. */
  readonly acceptCreate?: boolean;
  readonly clock?: Clock;
  /** Has writes outlive the page. Default: what is not sent when the page goes is lost. */
  readonly queue?: WriteQueue;
  /** Is given what listeners throw. Default: it is thrown, later. */
  readonly onError?: (error: unknown) => void;
}

/**
 * All rows that an application holds, by resource and key.
 *
 * @example
 * ```ts
 * import { createClient } from "liveset/client";
 * import { createStore, type Store } from "liveset/store";
 *
 * export const store: Store = createStore();
 * // Writes of this client are shown at once; its lists have their rows in the store.
 * export const client = createClient("ws://localhost:8000/ws/", { store });
 * ```
 */
export interface Store extends ClientStore {
  /** The rows of a resource. */
  rows<Row extends object = WireRow>(resource: string): Rows<Row>;
  /**
   * A list over the rows that the store holds, in an order of one's own, watched and kept up to date.
   *
   * @example
   * ```ts
   * import { createStore } from "liveset/store";
   *
   * const store = createStore();
   * const open = store.list<{ id: number; done: boolean }>("tasks", {
   *   filter: ({ done }) => !done,
   *   compare: (a, b) => a.id - b.id,
   * });
   * open.subscribe(() => console.log(open.getSnapshot().length));
   * ```
   */
  list<Row extends object = WireRow>(resource: string, query?: LocalQuery<Row>): LocalList<Row>;
  /** Several changes as one: everybody is told once, when the work is done. */
  transaction(work: () => void): void;
  /** The write to a row that is under way or was refused; null where there is none. Watched by watching the row. */
  pending(resource: string, key: Key): PendingWrite | null;
  /** How many writes are under way. */
  readonly pendingWrites: number;
  /** Calls back after each transaction in which anything in the store changed; the returned function ends it. */
  subscribe(listener: () => void): () => void;
  /** Makes a resource lazy: its rows are loaded as they are read. Made again, it takes the new definition and keeps its rows. */
  lazy<Row extends object>(resource: string, definition: LazyDefinition<Row>): LazyRows<Row>;
  /**
   * Takes a notice `{table, action, ids}` of a server. `update`: those of the rows that are here are fetched anew, and shown as
   * they are until they arrive. `delete`: the rows go, and from the lists of all their parents, at once. Tables that are not known here, or
   * of which nothing was ever read, are ignored. A new row is told of by an `update` of its parent.
   *
   * @throws Error `invalid action <action>` for any other action on a table that is in use.
   */
  handleSocketNotification(table: string, action: string, ids: readonly (string | number)[]): void;
  /**
   * Has all lazy rows fetched anew, as `LazyRows.markDirty` does those of one resource: for when notices were missed, after a lost
   * connection or a `reset` of their stream.
   */
  markDirty(): void;
  /** Forgets all rows and writes, as at a logout. What is under way is aborted, or not waited for. Live lists stay. */
  reset(): void;
  /** Ends it for good: nothing is loaded any more, no timer runs. */
  dispose(): void;
}

/**
 * Makes a store. It has no connection of its own: give it to `createClient`, or fill it by hand.
 *
 * @example
 * ```ts
 * import { createStore } from "liveset/store";
 *
 * const store = createStore();
 * const tasks = store.rows<{ id: number; text: string }>("tasks");
 * tasks.subscribe(() => console.log(tasks.size));
 * store.transaction(() => {
 *   tasks.put([{ id: 1, text: "Milk" }]);
 *   tasks.put([{ id: 2, text: "Bread" }]);
 * }); // prints: 2
 * ```
 */
export function createStore(options: StoreOptions = {}): Store {
  return new StoreImplementation(options);
}

class StoreImplementation implements Store {
  readonly turn: Turn = new Turn();
  readonly #parts: RowsParts;
  readonly #overlay: Overlay;
  readonly #writes: PendingWrites;
  /** By resource, and by the projection of those who hold them. */
  readonly #rows = new Map<string, Map<string, Rows>>();
  readonly #views = new Map<string, Set<() => void>>();
  /** Resources whose lists are to look again. */
  readonly #outdated = new Set<string>();
  /** How often a row with a pending write has changed. */
  readonly #versions = new WeakMap<Rows, number>();
  readonly #clients = new Set<StoreClient>();

  readonly #lazies: LazyRegistry;
  readonly #queue: WriteQueue | undefined;
  readonly #changes: Listeners;
  #shown = 0;

  constructor(options: StoreOptions) {
    const { onError = throwLater } = options;
    const overlay = new Overlay((resource, keys) => {
      for (const rows of this.#rows.get(resource)?.values() ?? []) for (const key of keys) rows.touch(key);
      this.#reshow(resource);
    });
    this.#overlay = overlay;
    this.#queue = options.queue;
    this.#changes = new Listeners(this.turn, onError);
    this.#parts = { turn: this.turn, overlay, onError };
    this.#writes = new PendingWrites({
      turn: this.turn,
      overlay,
      isBehind: () => [...this.#clients].some((client) => client.isBehind()),
      touched: (resource, key) => this.rows(resource).touch(key),
      givenUp: (mutation) => void this.#queue?.forget(mutation),
    });
    const { handleError = (_, error) => onError(error), clock = realClock } = options;
    const { runInterval = 60_000, tables = {}, acceptCreate = false } = options;
    this.#lazies = new LazyRegistry(
      {
        turn: this.turn,
        clock,
        lifetimes: options,
        newMutation: mutationId,
        onError,
        rows: (resource) => this.rows(resource),
        write: (...args) => this.#writes.begin(...args),
        show: (operations) => {
          const name = `shown:${++this.#shown}`;
          overlay.add(name, operations);
          return () => void overlay.drop(name);
        },
        isPending: (resource, id) => this.pending(resource, id)?.error === null,
        report: handleError,
      },
      { runInterval: runInterval > 0 ? runInterval : 60_000, tables, acceptCreate },
    );
  }

  lazy<Row extends object>(resource: string, definition: LazyDefinition<Row>): LazyRows<Row> {
    return this.#lazies.define(resource, definition);
  }

  handleSocketNotification(table: string, action: string, ids: readonly (string | number)[]): void {
    this.#lazies.notice(table, action, ids);
  }

  markDirty(): void {
    this.#lazies.markDirty();
  }

  reset(): void {
    void this.#queue?.clear();
    this.turn.run(() => {
      this.#writes.clear();
      this.#lazies.reset();
      for (const all of this.#rows.values()) for (const rows of all.values()) rows.clear();
    });
  }

  dispose(): void {
    this.turn.run(() => {
      this.#writes.clear();
      this.#lazies.end();
    });
    this.#queue?.close();
  }

  rows<Row extends object = WireRow>(resource: string): Rows<Row> {
    return this.#rowsOf(resource, "") as unknown as Rows<Row>;
  }

  list<Row extends object = WireRow>(resource: string, query: LocalQuery<Row> = {}): LocalList<Row> {
    return new LocalList(this.rows<Row>(resource), this.#parts, query);
  }

  transaction(work: () => void): void {
    this.turn.run(work);
  }

  pending(resource: string, key: Key): PendingWrite | null {
    return this.#writes.get(resource, keyText(key));
  }

  get pendingWrites(): number {
    return this.#writes.size;
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  attach(client: StoreClient): void {
    this.#clients.add(client);
    this.#queue?.open({
      send: (question) => client.send(question),
      show: (question, outcome) => this.#showQueued(question, outcome),
      cleared: () => this.turn.run(() => this.#writes.clear()),
    });
  }

  open(target: Target, changed: () => void): LiveView {
    const { resource } = target;
    const rows = this.#rowsOf(resource, projectionOf(target));
    const shown = new ShownList(target, this.#overlay, {
      get: (key) => rows.get(key),
      confirmed: (key) => rows.confirmed(key),
      version: () => this.#versions.get(rows) ?? 0,
    });
    const views = this.#views.get(resource) ?? new Set();
    this.#views.set(resource, views.add(changed));
    return {
      holder: (keys) => {
        rows.keys = keys;
        this.rows(resource).keys = keys;
        return rows;
      },
      show: (list, state) => shown.show(list, state),
      end: () => void views.delete(changed),
    };
  }

  write(question: WriteQuestion, send: () => Promise<Json>): Promise<Json> {
    const { mutation } = question;
    const pending = this.#pendingOf(question);
    const queue = this.#queue;
    if (queue !== undefined && !this.#writes.has(mutation)) {
      return this.#writes.begin(mutation, pending, () => queue.add(question));
    }
    // An effect of a lazy resource may be a write of this client, shown already.
    if (pending.length === 0 || this.#writes.has(mutation)) return send();
    return this.#writes.begin(mutation, pending, send);
  }

  confirmed(mutations: readonly string[]): void {
    this.#writes.confirmed(mutations);
  }

  caughtUp(): void {
    this.#writes.caughtUp();
  }

  #pendingOf(question: WriteQuestion): PendingOperation[] {
    const operations = "operations" in question ? question.operations : [question];
    return pendingOperations(question.mutation, operations, (resource) => this.rows(resource).keys);
  }

  /** Shows a write of another tab, or of an earlier visit. Tried again it is queued again. */
  #showQueued(question: WriteQuestion, outcome: Promise<Json>): void {
    let first = true;
    const send = (): Promise<Json> => {
      if (!first && this.#queue !== undefined) return this.#queue.add(question);
      first = false;
      return outcome;
    };
    this.#writes.begin(question.mutation, this.#pendingOf(question), send).catch(() => {});
  }

  #rowsOf(resource: string, projection: string): Rows {
    const all = this.#rows.get(resource) ?? new Map<string, Rows>();
    const there = all.get(projection);
    if (there !== undefined) return there;
    const rows = new Rows(resource, this.#parts);
    this.#rows.set(resource, all.set(projection, rows));
    rows.watch((key) => {
      this.#changes.changed();
      if (!this.#overlay.of(resource).has(key)) return;
      this.#versions.set(rows, (this.#versions.get(rows) ?? 0) + 1);
      this.#reshow(resource);
    });
    return rows;
  }

  /** Has all lists of a resource look again, once what is being done is done. */
  #reshow(resource: string): void {
    if (this.#outdated.has(resource)) return;
    this.#outdated.add(resource);
    this.turn.run(() => {
      this.#outdated.delete(resource);
      for (const changed of this.#views.get(resource) ?? []) changed();
    });
  }
}

/** Rows that are shown in other ways are other rows. */
function projectionOf({ params, query = {} }: Target): string {
  const { fields, with: nested } = query;
  if (params === undefined && fields === undefined && nested === undefined) return "";
  return JSON.stringify([params ?? null, fields === undefined ? null : [...fields].sort(), nested ?? null]);
}

/** Nobody asked to be told, so the error goes where uncaught ones go. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

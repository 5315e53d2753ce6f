import type { LoadSubsetOptions, SyncAppliedReceipt, SyncConfig } from "@tanstack/db";
import type { LiveResult } from "../client/live-handle.ts";
import { RowUnion } from "./row-union.ts";
import { type OpenRows, Subset } from "./subset.ts";
import { type SubsetQuery, subsetQuery } from "./subset-query.ts";

/** What TanStack DB gives to whoever fills a collection. */
export type SyncParts<Row extends object, Key extends string | number> = Parameters<
  SyncConfig<Row, Key>["sync"]
>[0];

/**
 * One run of a collection: from when it is first used until it is cleaned up. It holds live lists and keeps the collection
 * equal to all of them together; what a transaction of the server did to any of them is one commit.
 */
export class CollectionRun<Row extends object, Key extends string | number> {
  readonly #sync: SyncParts<Row, Key>;
  readonly #open: OpenRows<Row>;
  readonly #told: () => void;
  readonly #union: RowUnion<Row, Key>;
  readonly #subsets = new Map<string, Subset<Row>>();
  /** Of each request, by the object that it is: what it holds, as often as it was made. */
  readonly #asked = new Map<LoadSubsetOptions, Subset<Row>[]>();
  /** Those who wait until the lists are up to date. */
  readonly #waiting = new Set<() => void>();
  /** The list of all rows, where the collection has all. */
  #all: Subset<Row> | null = null;
  #isReady = false;
  /** When the last commit can be seen, and so all before it. */
  #receipt: SyncAppliedReceipt = true;
  #isWriting = false;
  #isOutdated = false;

  /**
   * @param open opens a live list of the collection's rows
   * @param told is called when anything may be different from before
   */
  constructor(sync: SyncParts<Row, Key>, keyOf: (row: Row) => Key, open: OpenRows<Row>, told: () => void) {
    this.#sync = sync;
    this.#open = open;
    this.#told = told;
    this.#union = new RowUnion(keyOf);
  }

  /** How the lists stand. */
  get results(): readonly LiveResult<readonly Row[]>[] {
    return [...this.#subsets.values()].map(({ result }) => result);
  }

  /** Holds all rows until the end. The collection is ready with the first answer. */
  loadAll(): void {
    this.#all = this.#hold({});
    this.#changed();
  }

  /** Holds what is asked for, until it is unloaded. True where it is there already. */
  load(options: LoadSubsetOptions): true | Promise<void> {
    const query = subsetQuery(options);
    const subset = this.#hold(query);
    this.#asked.set(options, [...(this.#asked.get(options) ?? []), subset]);
    if (this.#isWriting || !subset.has(query.limit)) return this.#loaded(subset, query, options.signal);
    this.#changed();
    return this.#receipt;
  }

  /** Gives up what was asked for by these options. Rows that nobody else asked for leave the collection. */
  unload(options: LoadSubsetOptions): void {
    const [subset, ...others] = this.#asked.get(options) ?? [];
    if (subset === undefined) return;
    if (others.length > 0) this.#asked.set(options, others);
    else this.#asked.delete(options);
    if (--subset.holders > 0) return;
    this.#subsets.delete(subset.name);
    subset.end();
    this.#union.move(subset.taken, []);
    this.#changed();
  }

  /** Resolves when the lists are no older than what the server has answered by now, which they are at once if they are live. */
  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      this.#changed();
    });
  }

  /** Asks for new snapshots of all lists. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#subsets.values()].map((subset) => subset.refresh()));
  }

  end(): void {
    for (const subset of this.#subsets.values()) subset.end();
    this.#subsets.clear();
    this.#asked.clear();
    this.#wake();
  }

  async #loaded(subset: Subset<Row>, { limit }: SubsetQuery, signal?: AbortSignal): Promise<void> {
    await subset.reach(limit, signal);
    this.#changed();
    await this.#receipt;
  }

  #hold(query: SubsetQuery): Subset<Row> {
    const { limit: _, ...rest } = query;
    const name = JSON.stringify([rest, query.limit === undefined]);
    const subset = this.#subsets.get(name) ?? new Subset<Row>(name, query, this.#open, () => this.#changed());
    this.#subsets.set(name, subset);
    subset.holders++;
    return subset;
  }

  /** Takes over what the lists show now. Whoever is told of it may ask for more: that has its turn afterwards. */
  #changed(): void {
    this.#isOutdated = true;
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      while (this.#isOutdated) {
        this.#isOutdated = false;
        this.#write();
      }
    } finally {
      this.#isWriting = false;
    }
    this.#tell();
    if (this.results.every(isSettled)) this.#wake();
    this.#told();
  }

  #write(): void {
    const { begin, write, truncate, commit, collection } = this.#sync;
    for (const subset of this.#subsets.values()) {
      const { data } = subset.result;
      this.#union.move(subset.taken, data);
      subset.taken = data;
    }
    const writes = this.#union.take();
    // A collection of all rows may have been given some before, by a rendered page or from a disk: those are the server's now.
    const isFirst = !this.#isReady && this.#all?.result.status === "success";
    const replaces = isFirst && collection.size > 0;
    if (writes.length === 0 && !replaces) return;
    begin();
    if (replaces) truncate({ markReady: false });
    for (const one of writes) write(one);
    this.#keep(commit());
  }

  #keep(receipt: SyncAppliedReceipt): void {
    this.#receipt = receipt;
    if (receipt === true) return;
    const seen = (): void => {
      if (this.#receipt === receipt) this.#receipt = true;
    };
    receipt.then(seen, seen);
  }

  #tell(): void {
    if (this.#all === null) return;
    const { status, error } = this.#all.result;
    const { collection, markReady, markError } = this.#sync;
    if (status === "success" && !this.#isReady) {
      this.#isReady = true;
      markReady();
    } else if (status === "error" && error?.retry === false && collection.status === "loading") {
      markError(error);
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** It has all that the server has answered, or will never have it. */
function isSettled({ connection, status, error }: LiveResult<unknown>): boolean {
  return connection === "live" || (status === "error" && error?.retry === false);
}

import type { LiveHandle, LiveResult } from "../client/live-handle.ts";
import { answered } from "./answered.ts";
import type { SubsetQuery } from "./subset-query.ts";

/** Opens a live list of a collection's rows. */
export type OpenRows<Row> = (query: SubsetQuery) => LiveHandle<readonly Row[]>;

/** A live list that a collection holds for those who asked for it; of the first rows of an order, for all of them the longest. */
export class Subset<Row> {
  /** By which it is found. */
  readonly name: string;
  /** Who asked for it and has not given it up. */
  holders = 0;
  /** The rows that the collection has of it. */
  taken: readonly Row[] = [];
  readonly #query: SubsetQuery;
  readonly #open: OpenRows<Row>;
  readonly #changed: () => void;
  readonly #life = new AbortController();
  #handle: LiveHandle<readonly Row[]>;
  #limit: number | undefined;
  #growing: Promise<void> = Promise.resolve();

  constructor(name: string, query: SubsetQuery, open: OpenRows<Row>, changed: () => void) {
    this.name = name;
    this.#query = query;
    this.#open = open;
    this.#changed = changed;
    this.#limit = query.limit;
    this.#handle = this.#follow(query);
  }

  get result(): LiveResult<readonly Row[]> {
    return this.#handle.getSnapshot();
  }

  /** Whether as many rows as that are here. */
  has(limit: number | undefined): boolean {
    return this.result.status === "success" && !this.#isShorter(limit);
  }

  /**
   * Waits for as many rows as that. One that was refused for good is asked for again.
   * @throws LivesetError as `answered`.
   */
  async reach(limit: number | undefined, asked?: AbortSignal): Promise<void> {
    const { status, error } = this.result;
    if (status === "error" && error?.retry === false) await this.#handle.refresh();
    await answered(
      this.#handle,
      asked === undefined ? this.#life.signal : AbortSignal.any([asked, this.#life.signal]),
    );
    if (!this.#isShorter(limit)) return;
    // One after another, whether or not the one before came to something.
    this.#growing = this.#growing.catch(() => {}).then(() => this.#grow(limit as number));
    await this.#growing;
  }

  refresh(): Promise<void> {
    return this.#handle.refresh();
  }

  end(): void {
    this.#life.abort();
    this.#handle.release();
  }

  /** The longer list takes the place of the shorter when its rows are here. */
  async #grow(limit: number): Promise<void> {
    if (!this.#isShorter(limit)) return;
    const longer = this.#follow({ ...this.#query, limit });
    try {
      await answered(longer, this.#life.signal);
    } catch (thrown) {
      longer.release();
      throw thrown;
    }
    const shorter = this.#handle;
    this.#handle = longer;
    this.#limit = limit;
    this.#changed();
    shorter.release();
  }

  #isShorter(limit: number | undefined): boolean {
    return limit !== undefined && this.#limit !== undefined && this.#limit < limit;
  }

  #follow(query: SubsetQuery): LiveHandle<readonly Row[]> {
    const handle = this.#open(query);
    handle.subscribe(() => this.#changed());
    return handle;
  }
}

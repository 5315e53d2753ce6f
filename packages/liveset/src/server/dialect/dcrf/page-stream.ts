import type { Json, WireRow } from "../../../core/json.ts";
import type { Page } from "./read-page.ts";

/** A list as `list` answers it in pages. */
export interface ListedPage extends Page {
  readonly count: number;
  readonly results: readonly WireRow[];
}

/**
 * A list that is answered page after page. All of them are of one snapshot, so that rows neither shift nor repeat, and the last is the one
 * that clients take for it: its offset is at least count - limit.
 */
export class PageStream {
  readonly #page: Page;
  readonly #drained: () => Promise<void>;
  readonly #say: (page: ListedPage) => void;
  #cancelled = false;

  /** @param drained resolves when the client has read what it was sent */
  constructor(page: Page, drained: () => Promise<void>, say: (page: ListedPage) => void) {
    this.#page = page;
    this.#drained = drained;
    this.#say = say;
  }

  /** Says page after page of these rows, which are all of the list. Resolves when it has, or was cancelled. */
  async run(rows: readonly WireRow[]): Promise<void> {
    const { limit, offset } = this.#page;
    for (let from = offset; ; from += limit) {
      await this.#drained();
      // Whoever asked is answered in any case, by the first page.
      if (this.#cancelled && from > offset) return;
      this.#say({ count: rows.length, results: rows.slice(from, from + limit), limit, offset: from });
      if (from + limit >= rows.length) return;
    }
  }

  cancel(): void {
    this.#cancelled = true;
  }
}

/** The rows of a list's answer. */
export function rowsOf(data: Json): readonly WireRow[] {
  return (data as { readonly results: readonly WireRow[] }).results;
}

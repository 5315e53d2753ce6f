import type { Address } from "./frame.ts";
import type { PageStream } from "./page-stream.ts";
import type { Page } from "./read-page.ts";
import type { Stream } from "./stream.ts";

/** An answer that a client waits for. */
export interface Owed {
  readonly address: Address;
  readonly stream: Stream | null;
  /** What its data is: a row, all rows of a list, a page of them, or something else. */
  readonly shows: "row" | "rows" | "page" | "pages" | "data";
  readonly page: Page | null;
  readonly pages: PageStream | null;
  /** Nothing but what it says before answers it. */
  readonly silent: boolean;
  /** Whether it has said something before. */
  replied: boolean;
  /** Called once, when it is answered. */
  readonly ended: () => void;
}

/** Ids of the session's, and what is owed under each. */
export class Owing {
  readonly #owed = new Map<string, Owed>();
  #last = 0;

  /** An id that was never given before. */
  nextId(): string {
    return String(++this.#last);
  }

  owe(id: string, owed: Owed): void {
    this.#owed.set(id, owed);
  }

  get(id: string): Owed | undefined {
    return this.#owed.get(id);
  }

  take(id: string): Owed | undefined {
    const owed = this.#owed.get(id);
    this.#owed.delete(id);
    return owed;
  }

  /** Ends the lists that are answered page after page on this stream. */
  cancelPages(stream: Stream | null): void {
    for (const { pages, stream: own } of this.#owed.values())
      if (stream === null || own === stream) pages?.cancel();
  }
}

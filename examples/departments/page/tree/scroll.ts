import { Injectable, type Signal, signal } from "@angular/core";

/** The height of every row, in CSS pixels: as in the style sheet. */
export const rowHeight = 36;
/** Rows above and below what is seen that are there already when they come into sight. */
const overscan = 6;
/** After so long without a large jump a person is reading again, in ms. */
const settled = 90;

/** Which rows are seen in an element that scrolls. */
@Injectable()
export class Scroll {
  readonly #top = signal(0);
  readonly #height = signal(0);
  readonly #isPassing = signal(false);
  #element: HTMLElement | null = null;
  #observer: ResizeObserver | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether rows pass by faster than anybody reads them. */
  get isPassing(): Signal<boolean> {
    return this.#isPassing;
  }

  attach(element: HTMLElement): void {
    this.#element = element;
    this.#observer = new ResizeObserver(() => this.#height.set(element.clientHeight));
    this.#observer.observe(element);
  }

  detach(): void {
    this.#observer?.disconnect();
    clearTimeout(this.#timer);
  }

  /** The rows that are to be there, of so many. */
  range(total: number): { readonly first: number; readonly last: number } {
    const first = Math.max(0, Math.floor(this.#top() / rowHeight) - overscan);
    const last = Math.ceil((this.#top() + this.#height()) / rowHeight) + overscan;
    return { first: Math.min(first, total), last: Math.min(last, total) };
  }

  /** How many rows are seen at once. */
  page(): number {
    return Math.max(1, Math.floor(this.#height() / rowHeight) - 1);
  }

  /** The element was scrolled. */
  moved(): void {
    const top = this.#element?.scrollTop ?? 0;
    const isJump = Math.abs(top - this.#top()) > this.#height() / 2;
    this.#top.set(top);
    if (!isJump) return;
    this.#isPassing.set(true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#isPassing.set(false), settled);
  }

  /** Brings a row into sight. */
  show(index: number): void {
    const element = this.#element;
    if (element === null) return;
    const top = index * rowHeight;
    const highest = top + rowHeight - this.#height();
    if (top >= element.scrollTop && highest <= element.scrollTop) return;
    // The element may not be as high yet as it will be when the row is there.
    const room = element.querySelector<HTMLElement>(".rows");
    if (room !== null) room.style.height = `${Math.max(room.offsetHeight, top + rowHeight)}px`;
    element.scrollTop = top < element.scrollTop ? top : highest;
    this.#top.set(element.scrollTop);
  }
}

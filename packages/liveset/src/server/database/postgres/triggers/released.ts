import type { LogPlace } from "../../../feed/log-cursor.ts";

/** A transaction of the log: its place, and how many rows it has. */
export interface Released extends LogPlace {
  readonly rows: number;
}

/** The places that the log holds, in memory, so that a cursor is judged at once. */
export class ReleasedPlaces {
  #places: Released[];
  #rows: number;

  /** @param places From the oldest on; there is one at least. */
  constructor(places: readonly Released[]) {
    this.#places = [...places];
    this.#rows = places.reduce((sum, { rows }) => sum + rows, 0);
  }

  get last(): LogPlace {
    return this.#places.at(-1) ?? { seq: 0, at: 0 };
  }

  /** What became of a place: the log holds it, had it once, or never did. */
  judge({ seq, at }: LogPlace): "held" | "pruned" | "unknown" {
    const first = this.#places[0]?.seq ?? 0;
    if (seq < first) return "pruned";
    return this.#places[seq - first]?.at === at ? "held" : "unknown";
  }

  add(place: Released): void {
    this.#places.push(place);
    this.#rows += place.rows;
  }

  /** The last place that is too much or too old; null where there is none. The newest place always stays. */
  surplus({
    count,
    age,
    now,
  }: {
    readonly count: number;
    readonly age: number;
    readonly now: number;
  }): number | null {
    let rows = this.#rows;
    let surplus: number | null = null;
    for (const place of this.#places.slice(0, -1)) {
      if (rows <= count && place.at >= now - age) break;
      rows -= place.rows;
      surplus = place.seq;
    }
    return surplus;
  }

  /** Forgets the places up to one. */
  forget(upTo: number): void {
    const keep = this.#places.findIndex(({ seq }) => seq > upTo);
    for (const { rows } of this.#places.splice(0, keep < 0 ? 0 : keep)) this.#rows -= rows;
  }
}

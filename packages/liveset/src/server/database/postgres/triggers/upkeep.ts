import type { CaptureParts } from "../capture.ts";
import type { ChangesLog } from "./changes-log.ts";
import { LogLost } from "./log-lost.ts";
import type { TriggerFeed } from "./trigger-feed.ts";

/** Between two looks at the tables and their triggers, in ms. */
const checkEvery = 5_000;

/** Between two prunings where little is written, in ms. */
const pruneEvery = 60_000;

/** Parts of the log that are pruned at once, of some transactions each. */
const mostParts = 50;

/** What the log is looked after with. */
export interface UpkeepParts extends Pick<CaptureParts, "keep" | "withClient"> {
  readonly feed: TriggerFeed;
  readonly changes: ChangesLog;
  /** Why tables are not captured as they were; null where they are. */
  readonly doubt: () => Promise<string | null>;
}

/** Looks after the log, from time to time: a table that was made again, or whose triggers are gone, says nothing by itself. */
export class Upkeep {
  readonly #parts: UpkeepParts;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #checkedAt = Date.now();

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /**
   * Does what is due.
   *
   * @throws LogLost where the tables are not captured as they were
   */
  async look(): Promise<void> {
    const now = Date.now();
    if (now - this.#checkedAt >= checkEvery) {
      this.#checkedAt = now;
      const doubt = await this.#parts.doubt();
      if (doubt !== null) throw new LogLost(doubt);
    }
    if (now - this.#prunedAt >= Math.min(pruneEvery, this.#parts.keep.age)) await this.#prune(now);
  }

  async #prune(now: number): Promise<void> {
    const { keep, changes, withClient, feed } = this.#parts;
    this.#prunedAt = now;
    const surplus = feed.places.surplus({ ...keep, now });
    if (surplus === null) return;
    for (let parts = 0; parts < mostParts; parts++) {
      const gone = await withClient((client) => changes.prune(client, surplus));
      feed.places.forget(gone);
      if (gone >= surplus) return;
    }
    this.#prunedAt = Number.NEGATIVE_INFINITY;
  }
}

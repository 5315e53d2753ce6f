import { setTimeout as delay } from "node:timers/promises";
import type { ClientBase, QueryResult } from "pg";
import { LivesetError } from "../../../../core/error/liveset-error.ts";
import { parseSnapshot, type WalSnapshot } from "../wal/wal-snapshot.ts";

/** What rounds work with. */
export interface RoundParts {
  /** Holds what is received back, or hands out all that was. */
  readonly hold: (held: boolean) => void;
  /** Resolves when all that was committed before the call has been received. */
  readonly passed: () => Promise<void>;
  /** How many transactions have to be handed out until a snapshot's place; null where it has none. */
  readonly placeOf: (snapshot: WalSnapshot) => number | null;
  /** Hands out so many of those that are held. */
  readonly give: (count: number) => void;
}

interface Waiting {
  readonly client: ClientBase;
  /** Called at the snapshot's place; what it returns goes on beside the round. */
  readonly atPlace: () => void;
  readonly fail: (error: unknown) => void;
  attempts: number;
}

/** Snapshots that are taken for one read, at most. */
const mostSnapshots = 50;

/**
 * Finds the places of snapshots among the transactions that come, for all who wait for one at the same time.
 *
 *     all who wait: BEGIN, snapshot ─► passed ─► in the order of their places: hand out up to it, work ─► hand out the rest
 *     who has no place, or comes meanwhile: the next round
 */
export class SnapshotRounds {
  readonly #parts: RoundParts;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(parts: RoundParts) {
    this.#parts = parts;
  }

  /**
   * Begins a transaction on the client and calls the work at the place of its snapshot.
   *
   * @throws LivesetError `unavailable` where no snapshot found a place
   */
  async run<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
    // In an object: the round does not wait for the work.
    const { running } = await new Promise<{ running: Promise<T> }>((resolve, reject) => {
      this.#waiting.push({
        client,
        atPlace: () => resolve({ running: work() }),
        fail: reject,
        attempts: 0,
      });
      void this.#go();
    });
    return running;
  }

  async #go(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#waiting.length > 0) await this.#round(this.#waiting.splice(0));
    this.#running = false;
  }

  async #round(all: readonly Waiting[]): Promise<void> {
    const attempts = Math.max(...all.map((each) => each.attempts));
    // A transaction that is not visible yet soon will be.
    if (attempts > 5) await delay(attempts);
    this.#parts.hold(true);
    try {
      const taken = (await Promise.all(all.map(takeSnapshot))).filter((each) => each !== null);
      if (taken.length > 0) await this.#parts.passed();
      this.#place(taken);
    } catch (error) {
      for (const each of all) each.fail(error);
    } finally {
      this.#parts.hold(false);
    }
  }

  #place(taken: readonly Taken[]): void {
    const placed = taken.map(({ waiting, snapshot }) => ({ waiting, place: this.#parts.placeOf(snapshot) }));
    let given = 0;
    for (const { waiting, place } of placed.sort((a, b) => (a.place ?? 0) - (b.place ?? 0))) {
      if (place === null) this.#again(waiting);
      else {
        this.#parts.give(place - given);
        given = place;
        waiting.atPlace();
      }
    }
  }

  #again(waiting: Waiting): void {
    if (waiting.attempts < mostSnapshots) this.#waiting.push(waiting);
    else
      waiting.fail(
        new LivesetError("unavailable", {
          detail: "No snapshot found its place among the changes.",
          retryAfter: 1,
        }),
      );
  }
}

interface Taken {
  readonly waiting: Waiting;
  readonly snapshot: WalSnapshot;
}

/** Null where it failed, and whoever waits was told. */
async function takeSnapshot(waiting: Waiting): Promise<Taken | null> {
  try {
    if (waiting.attempts++ > 0) await waiting.client.query("ROLLBACK");
    const results = (await waiting.client.query(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_current_snapshot()::text AS snapshot",
    )) as unknown as readonly QueryResult<{ snapshot: string }>[];
    return { waiting, snapshot: parseSnapshot(results[1]?.rows[0]?.snapshot ?? "") };
  } catch (error) {
    waiting.fail(error);
    return null;
  }
}

import type { ClientBase } from "pg";
import type { Cursor } from "../../../../core/change/cursor.ts";
import { Mutex } from "../../mutex.ts";
import type { Capture, CaptureParts } from "../capture.ts";
import { isConnectionFailure } from "../postgres-error.ts";
import { quoted } from "../sql-name.ts";
import type { ChangesLog, Sighting } from "./changes-log.ts";
import type { ReaderConnection } from "./reader-connection.ts";
import type { TriggerFeed } from "./trigger-feed.ts";

/** Between two looks at the log where nobody wakes the server, in ms. */
const lookEvery = 1_000;

/** Between two prunings where little is written, in ms. */
const pruneEvery = 60_000;

/** What capture by triggers works with. */
export interface TriggerCaptureParts extends CaptureParts {
  readonly feed: TriggerFeed;
  readonly changes: ChangesLog;
  readonly reader: ReaderConnection;
  /** The snapshot up to which transactions have been released. */
  readonly snapshot: string;
}

/** Releases the transactions that triggers have written: with the snapshot of each read, on a writer's call, and from time to time. */
export class TriggerCapture implements Capture {
  readonly feed: TriggerFeed;
  readonly #parts: TriggerCaptureParts;
  /** One release at a time: snapshots are taken in the order in which they are released. */
  readonly #turns = new Mutex();
  #snapshot: string;
  /** The look that has not begun, which serves all who ask meanwhile. */
  #next: Promise<void> | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #failing = false;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(parts: TriggerCaptureParts) {
    this.feed = parts.feed;
    this.#parts = parts;
    this.#snapshot = parts.snapshot;
  }

  /** Begins to look for what others commit. */
  begin(): void {
    const look = (): void => void this.#look();
    this.#parts.reader.onWake(look);
    this.#timer = setInterval(look, lookEvery);
    this.#timer.unref();
  }

  async atSnapshot<T>(client: ClientBase, work: (cursor: Cursor) => Promise<T>): Promise<T> {
    // In an object, so that the turn ends when the work has begun.
    const { running } = await this.#turns.run(async () => {
      const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
      await this.#release(await this.#parts.changes.sight(client, begin, this.#snapshot));
      return { running: work(this.feed.cursor) };
    });
    return running;
  }

  caughtUp(): Promise<void> {
    this.#next ??= this.#takeTurn();
    return this.#next;
  }

  async #takeTurn(): Promise<void> {
    // Not before the promise is kept.
    await Promise.resolve();
    return this.#turns.run(() => {
      this.#next = null;
      return this.#catchUp();
    });
  }

  async noteMutation(client: ClientBase, id: string): Promise<void> {
    const { schema } = this.#parts;
    await client.query(
      `INSERT INTO ${quoted(schema)}.changes (layout, op, after) VALUES (0, 'm', ARRAY[$1])`,
      [id],
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#turns.run(() => this.#parts.reader.end());
  }

  async #catchUp(): Promise<void> {
    const { changes, reader } = this.#parts;
    await reader.use(async (client) => {
      const sighting = await changes.sight(
        client,
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        this.#snapshot,
      );
      await client.query("COMMIT");
      await this.#release(sighting);
    });
  }

  /** Each gets its place in the log before anybody is told of it: a client may come back with that, after a restart too. */
  async #release({ snapshot, transactions }: Sighting): Promise<void> {
    if (transactions.length > 0) {
      const at = Date.now();
      const { seq } = this.feed.places.last;
      const released = transactions.map(({ xid, rows }, i) => ({
        place: { seq: seq + 1 + i, at, rows: rows.length + 1, xid },
        rows,
      }));
      await this.#parts.reader.use((client) =>
        this.#parts.changes.release(
          client,
          snapshot,
          released.map(({ place }) => place),
        ),
      );
      for (const { place, rows } of released) this.feed.give(place, rows);
    }
    this.#snapshot = snapshot;
  }

  async #look(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.caughtUp();
      await this.#prune();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing && !this.#stopped)
        this.#parts.log.error({ err: error }, "the log of changes cannot be read");
      this.#failing = isConnectionFailure(error);
    }
  }

  async #prune(): Promise<void> {
    const { keep, changes, withClient } = this.#parts;
    const now = Date.now();
    if (now - this.#prunedAt < Math.min(pruneEvery, keep.age)) return;
    this.#prunedAt = now;
    const surplus = this.feed.places.surplus({ ...keep, now });
    if (surplus === null) return;
    const gone = await withClient((client) => changes.prune(client, surplus));
    this.feed.places.forget(gone);
    if (gone < surplus) this.#prunedAt = Number.NEGATIVE_INFINITY;
  }
}

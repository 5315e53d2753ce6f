import type { ClientBase } from "pg";
import type { Cursor } from "../../../../core/change/cursor.ts";
import { LivesetError } from "../../../../core/error/liveset-error.ts";
import { Mutex } from "../../mutex.ts";
import type { Capture, CaptureParts, DatabaseTable } from "../capture.ts";
import { tryAgain } from "../try-again.ts";
import type { ChangesLog } from "./changes-log.ts";
import { isLogLost, LogLost } from "./log-lost.ts";
import { noteInLog } from "./note-in-log.ts";
import type { ReaderConnection } from "./reader-connection.ts";
import type { Sighting, Sightings } from "./sightings.ts";
import type { TriggerEpoch, TriggerFeed } from "./trigger-feed.ts";
import { Upkeep } from "./upkeep.ts";

/** Between two looks at the log where nobody wakes the server, in ms. */
const lookEvery = 1_000;

const readOnly = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/** An epoch, the snapshot up to which its transactions have been released, and the database it is of. */
export interface TriggerStart {
  readonly tables: readonly DatabaseTable[];
  readonly begun: TriggerEpoch;
  readonly snapshot: string;
  readonly identity: string;
}

/** What capture by triggers works with. */
export interface TriggerCaptureParts extends CaptureParts {
  /** Made of `start`. */
  readonly feed: TriggerFeed;
  readonly changes: ChangesLog;
  readonly sightings: Sightings;
  readonly reader: ReaderConnection;
  readonly start: TriggerStart;
  /** Why tables are not as they were, or not captured in full; null where they are. */
  readonly doubt: (tables: readonly DatabaseTable[]) => Promise<string | null>;
  /** Installs what is missing and begins another epoch than one that is lost. Rejects where that is not possible yet. */
  readonly startAnew: (lost: string) => Promise<TriggerStart>;
}

/**
 * Releases the transactions that triggers have written: with the snapshot of each read, on a writer's call, and from time to time.
 *
 * After a fault nothing is read before the log was made sure of:
 *
 *   following ── connection lost, a release failed, another log ──► in doubt ─┬─ the log goes on ──► following
 *                                                                             └─ it does not ──► following, a new epoch
 */
export class TriggerCapture implements Capture {
  readonly feed: TriggerFeed;
  readonly #parts: TriggerCaptureParts;
  /** One release at a time: snapshots are taken in the order in which they are released. */
  readonly #turns = new Mutex();
  #snapshot: string;
  #identity: string;
  /** The look that has not begun, which serves all who ask meanwhile. */
  #next: Promise<void> | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  /** Why the log is to be made sure of. */
  #doubt: unknown = null;
  #isRecovering = false;
  readonly #upkeep: Upkeep;
  #tables: readonly DatabaseTable[];
  readonly #stopped = new AbortController();

  constructor(parts: TriggerCaptureParts) {
    this.feed = parts.feed;
    this.#parts = parts;
    this.#snapshot = parts.start.snapshot;
    this.#identity = parts.start.identity;
    this.#tables = parts.start.tables;
    this.#upkeep = new Upkeep({ ...parts, doubt: () => parts.doubt(this.#tables) });
  }

  /** Begins to look for what others commit. */
  begin(): void {
    const { reader } = this.#parts;
    const look = (): void => void this.#look();
    reader.onWake(look);
    reader.onLost((error) => this.#doubtLog(error));
    this.#timer = setInterval(look, lookEvery);
    this.#timer.unref();
  }

  async atSnapshot<T>(client: ClientBase, work: (cursor: Cursor) => Promise<T>): Promise<T> {
    // In an object, so that the turn ends when the work has begun.
    const { running } = await this.#turns.run(async () => {
      await this.#release(await this.#sight(client));
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
    return this.#turns.run(async () => {
      this.#next = null;
      await this.#parts.reader.use(async (client) => {
        const sighting = await this.#sight(client);
        await client.query("COMMIT");
        await this.#release(sighting);
      });
    });
  }

  async noteMutation(client: ClientBase, id: string): Promise<void> {
    const { schema } = this.#parts;
    await noteInLog(client, schema, id);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#turns.run(() => this.#parts.reader.end());
  }

  async #sight(client: ClientBase): Promise<Sighting> {
    if (this.#doubt !== null) throw away(this.#doubt);
    try {
      const from = { epoch: this.feed.epoch, snapshot: this.#snapshot };
      return await this.#parts.sightings.sight(client, readOnly, from);
    } catch (error) {
      if (!isLogLost(error)) throw error;
      this.#doubtLog(error);
      throw away(error);
    }
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
      try {
        const places = released.map(({ place }) => place);
        await this.#parts.reader.use((client) => this.#parts.changes.release(client, snapshot, places));
      } catch (error) {
        // Whether they have their places is not known.
        this.#doubtLog(error);
        throw error;
      }
      for (const { place, rows } of released) this.feed.give(place, rows, place.xid);
    }
    this.#snapshot = snapshot;
  }

  async #look(): Promise<void> {
    if (this.#stopped.signal.aborted || this.#doubt !== null) return;
    try {
      await this.caughtUp();
      await this.#upkeep.look();
    } catch (error) {
      if (isLogLost(error)) this.#doubtLog(error);
      if (this.#doubt === null && !this.#stopped.signal.aborted)
        this.#parts.log.error({ err: error }, "the log of changes cannot be read");
    }
  }

  #doubtLog(reason: unknown): void {
    if (this.#doubt !== null || this.#stopped.signal.aborted) return;
    this.#doubt = reason;
    this.feed.live(false);
    this.#parts.log.warn({ err: reason }, "the log of changes cannot be read: trying again");
    if (!this.#isRecovering) void this.#recover();
  }

  async #recover(): Promise<void> {
    const { log } = this.#parts;
    this.#isRecovering = true;
    const attempt = async (): Promise<void> => {
      await this.#makeSure();
      await this.caughtUp();
      if (this.#doubt !== null) throw this.#doubt;
    };
    const { signal } = this.#stopped;
    const done = await tryAgain(attempt, { signal, log, what: "the log of changes still cannot be read" });
    this.#isRecovering = false;
    if (!done) return;
    this.feed.live(true);
    log.info({ epoch: this.feed.epoch }, "the log of changes is read again");
  }

  async #makeSure(): Promise<void> {
    const { reader } = this.#parts;
    if (!reader.isConnected) await reader.connect();
    await this.#turns.run(async () => {
      const lost = await this.#goOn().then(
        () => null,
        (error: unknown) => {
          if (isLogLost(error)) return error;
          throw error;
        },
      );
      if (lost !== null) await this.#restart(lost);
      this.#doubt = null;
    });
  }

  /**
   * Gives what has its place in the log and was not given.
   *
   * @throws LogLost where the log does not continue what was given.
   */
  async #goOn(): Promise<void> {
    const { reader, changes } = this.#parts;
    const { epoch, places } = this.feed;
    const { last } = places;
    const state = await reader.use((client) => changes.state(client, last.seq));
    const doubt = await this.#parts.doubt(this.#tables);
    if (doubt !== null) throw new LogLost(doubt);
    if (state.epoch !== epoch || state.identity !== this.#identity || state.at !== last.at)
      throw new LogLost("The log of changes was cut off or made anew, or is of another database.");
    if (state.last.seq === last.seq) return;
    const found = await reader.use((client) => changes.read(client, last.seq, state.last.seq));
    if (found === null) throw new LogLost("The log of changes was cut off.");
    for (const { place, rows, xid } of found) this.feed.give(place, rows, xid);
    this.#snapshot = state.snapshot;
  }

  async #restart(reason: unknown): Promise<void> {
    const { log, startAnew } = this.#parts;
    const start = await startAnew(this.feed.epoch);
    this.#snapshot = start.snapshot;
    this.#identity = start.identity;
    this.#tables = start.tables;
    log.error(
      { err: reason, epoch: start.begun.epoch },
      "the log of changes was lost and a new epoch has begun: all lists are reset",
    );
    this.feed.restart(start.begun);
  }
}

function away(cause: unknown): LivesetError {
  return new LivesetError("unavailable", {
    detail: "The changes of the database cannot be followed at the moment.",
    retryAfter: 1,
    cause,
  });
}

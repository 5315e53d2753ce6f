import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { ClientBase, QueryResult } from "pg";
import type { Cursor } from "../../../../core/change/cursor.ts";
import { LivesetError } from "../../../../core/error/liveset-error.ts";
import { Mutex } from "../../mutex.ts";
import type { Capture, CaptureParts, DatabaseTable } from "../capture.ts";
import { boundsFor } from "../transaction-bounds.ts";
import type { InstalledWal } from "./install-wal.ts";
import { noteInWal } from "./note-in-wal.ts";
import { SlotFollower } from "./slot-follower.ts";
import { type StreamBroken, WalAssembler, type WalTransaction } from "./wal-assembler.ts";
import { type WalEpoch, WalFeed } from "./wal-feed.ts";
import { WalMarks } from "./wal-marks.ts";
import { parseSnapshot, seenOf, type WalSnapshot } from "./wal-snapshot.ts";

/** Snapshots that are taken for one read, at most. */
const mostSnapshots = 50;

/** Rows that wait for a snapshot to find its place, at most. */
const mostHeldRows = 200_000;

/**
 * Transactions that were given and were not seen by a snapshot yet, at most. Only those of open connections can still be unseen, in the
 * order of the WAL, so that the oldest of many are seen for sure.
 */
const mostUnseen = 20_000;

/** Between two prunings, two signs of life in the stream and two looks at the tables, in ms; and between two prunings in transactions. */
const pruneEvery = 5_000;
const pruneAfter = 5_000;

/** A slot that is installed, for tables as they are now, and the epoch that it has. */
export interface WalStart {
  readonly installed: InstalledWal;
  readonly tables: readonly DatabaseTable[];
  readonly begun: WalEpoch;
  /** Transactions before it that were not visible yet when it was made. */
  readonly unseen: readonly number[];
}

/** What capture by logical replication works with. */
export interface WalCaptureParts extends CaptureParts {
  readonly start: WalStart;
  /** Why tables are not as they were, or not captured in full; null where they are. */
  readonly doubt: (tables: readonly DatabaseTable[]) => Promise<string | null>;
  /** Begins another epoch than one that is lost. */
  readonly startAnew: (lost: string) => Promise<WalStart>;
  /** Keeps a server that starts meanwhile from going on with an epoch that is lost. */
  readonly forget: () => Promise<void>;
}

/** Gives listeners the transactions of a replication slot, and finds the places of snapshots among them. */
export class WalCapture implements Capture {
  readonly feed: WalFeed;
  readonly #parts: WalCaptureParts;
  readonly #instance = randomBytes(6).toString("hex");
  readonly #marks: WalMarks;
  /** One snapshot at a time finds its place. */
  readonly #turns = new Mutex();
  /** Received, not yet given: a snapshot seeks its place among them. */
  #queue: WalTransaction[] = [];
  #isHeld = false;
  #heldRows = 0;
  /** Given, and not known to be visible yet: a commit is in the stream before it is visible. */
  #unseen: number[];
  /** Where the last transaction received ends: after a lost connection some come again. */
  #received: number;
  readonly #isTemporary: boolean;
  /** Bytes of WAL of which what clients come back to is kept, in memory and by the slot, at most. */
  readonly #mostWal = boundsFor().bytes;
  #serverEnd = 0;
  #tables: readonly DatabaseTable[];
  #assembler: WalAssembler;
  readonly #follower: SlotFollower<WalStart>;
  #next: Promise<void> | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #sincePruned = 0;
  #broken: LivesetError | null = null;
  /** Whether the stream is away, or capture has ended. */
  #isAway = false;
  #forgotten: Promise<unknown> = Promise.resolve();

  constructor(parts: WalCaptureParts) {
    const { installed, tables, begun } = parts.start;
    this.feed = new WalFeed(begun, parts.log);
    this.#parts = parts;
    this.#received = installed.floor;
    this.#unseen = [...parts.start.unseen];
    this.#isTemporary = installed.connection !== null;
    this.#tables = tables;
    this.#assembler = new WalAssembler(tables, parts.bounds);
    this.#marks = new WalMarks(parts.makeClient, this.#instance);
    this.#follower = new SlotFollower({
      ...parts,
      installed,
      receive: (bytes) => this.#receive(bytes),
      received: () => this.#received,
      serverEnd: (end) => {
        this.#serverEnd = end;
      },
      confirmed: () => this.#confirmed(),
      live: (isLive) => this.#live(isLive),
      broken: (reason) => this.#break(reason),
      doubt: () => parts.doubt(this.#tables),
      startAnew: async (lost) => {
        // Not after the new epoch was written.
        await this.#forgotten;
        return parts.startAnew(lost);
      },
      restart: (start) => this.#restart(start),
    });
  }

  /** Begins to read the slot. */
  async begin(): Promise<void> {
    await this.#follower.begin();
    // Where only other tables are written the stream is silent, and the slot would keep all their WAL: a mark moves it on.
    this.#timer = setInterval(() => {
      this.#prune();
      this.caughtUp().catch(() => {});
      this.#follower.check().catch(() => {});
    }, pruneEvery);
    this.#timer.unref();
  }

  async atSnapshot<T>(client: ClientBase, work: (cursor: Cursor) => Promise<T>): Promise<T> {
    // In an object, so that the turn ends when the work has begun.
    const { running } = await this.#turns.run(async () => {
      this.#isHeld = true;
      try {
        await this.#join(client);
        return { running: work(this.feed.cursor) };
      } finally {
        this.#isHeld = false;
        this.#give(this.#queue.length);
      }
    });
    return running;
  }

  caughtUp(): Promise<void> {
    this.#next ??= this.#catchUp();
    return this.#next;
  }

  async noteMutation(client: ClientBase, id: string): Promise<void> {
    await noteInWal(client, ["mutation", id]);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#isAway = true;
    await this.#follower.stop();
    await this.#marks.end();
  }

  /** Begins a transaction whose snapshot sees what has been given when this resolves. */
  async #join(client: ClientBase): Promise<void> {
    for (let attempts = 1; attempts <= mostSnapshots; attempts++) {
      this.#ensureWhole();
      // A transaction that is not visible yet soon will be.
      if (attempts > 1) await client.query("ROLLBACK");
      if (attempts > 5) await delay(attempts);
      const results = (await client.query(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_current_snapshot()::text AS snapshot",
      )) as unknown as readonly QueryResult<{ snapshot: string }>[];
      const snapshot = parseSnapshot(results[1]?.rows[0]?.snapshot ?? "");
      // What the snapshot sees was committed before the mark, and stands before it.
      await this.#marks.write("received");
      const count = this.#placeOf(snapshot);
      if (count === null) continue;
      this.#give(count);
      return;
    }
    throw new LivesetError("unavailable", {
      detail: "No snapshot found its place among the changes.",
      retryAfter: 1,
    });
  }

  /** How many of the queue a snapshot sees; null where it has no place. */
  #placeOf(snapshot: WalSnapshot): number | null {
    this.#unseen = this.#unseen.filter((xid) => !snapshot.sees(xid));
    if (this.#unseen.length > 0) return null;
    return seenOf(
      snapshot,
      this.#queue.map(({ xid }) => xid),
    );
  }

  async #catchUp(): Promise<void> {
    // Not before the promise is kept.
    await Promise.resolve();
    // Who asks once the mark is being written needs another.
    const begun = (): void => {
      this.#next = null;
    };
    if (this.#broken !== null) begun();
    this.#ensureWhole();
    await this.#marks.write("given", begun);
  }

  #receive(bytes: Buffer): void {
    const transaction = this.#assembler.take(bytes);
    if (transaction === null || transaction.end <= this.#received) return;
    this.#received = transaction.end;
    this.#marks.received(transaction.marks);
    if (transaction.rows.length > 0 || transaction.mutations.length > 0) {
      this.#queue.push(transaction);
      this.#heldRows += transaction.rows.length;
    }
    if (!this.#isHeld) this.#give(this.#queue.length);
    else if (this.#heldRows > mostHeldRows) this.#marks.fail(tooMuch());
    this.#marks.given(transaction.marks, this.#isHeld);
    for (const id of transaction.marks) this.#parts.onMark?.(id, this.feed.cursor);
  }

  #give(count: number): void {
    for (const transaction of this.#queue.splice(0, count)) {
      this.#heldRows -= transaction.rows.length;
      this.#unseen.push(transaction.xid);
      this.feed.give(transaction);
      this.#sincePruned++;
    }
    if (this.#unseen.length > mostUnseen) this.#unseen = this.#unseen.slice(-mostUnseen / 2);
    if (this.#queue.length === 0) this.#marks.allGiven();
    if (this.#sincePruned > pruneAfter) this.#prune();
  }

  #prune(): void {
    this.#sincePruned = 0;
    const { keep } = this.#parts;
    const before = Math.max(this.#received, this.#serverEnd) - this.#mostWal;
    const oldest = Date.now() - keep.age;
    this.feed.prune({ count: keep.count, oldest, before, ...(keep.until && { until: keep.until() }) });
    this.#follower.say();
  }

  /** Up to where the slot may forget: what clients come back to is kept, within bounds. Nobody comes back to a temporary one. */
  #confirmed(): number {
    if (this.#isTemporary) return this.#received;
    const isFar = this.#serverEnd - this.feed.floor > this.#mostWal;
    return isFar && this.#queue.length === 0 ? Math.max(this.#received, this.feed.floor) : this.feed.floor;
  }

  #live(isLive: boolean): void {
    this.#isAway = !isLive;
    if (isLive) void this.#returned();
    else this.feed.live(false);
  }

  /** Says that the feed is live when all that was committed meanwhile has been told. */
  async #returned(): Promise<void> {
    while (!this.#isAway) {
      try {
        await this.caughtUp();
        if (!this.#isAway) this.feed.live(true);
        return;
      } catch {
        await delay(100, null, { ref: false });
      }
    }
  }

  /** No more can be told without a wrong row: everything says so until the slot is made anew. */
  #break(reason: StreamBroken): void {
    const { forget, log } = this.#parts;
    this.#broken = new LivesetError("unavailable", {
      detail: "The changes of the database cannot be followed.",
      retryAfter: 1,
      cause: reason,
    });
    this.#marks.refuse(this.#broken);
    this.#forgotten = forget().catch((error) =>
      log.debug({ err: error }, "the epoch could not be marked as over"),
    );
  }

  /** Another epoch begins. In a turn, so that no snapshot seeks its place meanwhile. */
  #restart({ installed, tables, begun, unseen }: WalStart): Promise<void> {
    return this.#turns.run(() => {
      this.#tables = tables;
      this.#assembler = new WalAssembler(tables, this.#parts.bounds);
      this.#queue = [];
      this.#heldRows = 0;
      this.#unseen = [...unseen];
      this.#received = installed.floor;
      this.#serverEnd = installed.floor;
      this.#broken = null;
      this.#marks.refuse(null);
      this.feed.restart(begun);
    });
  }

  #ensureWhole(): void {
    if (this.#broken !== null) throw this.#broken;
  }
}

function tooMuch(): LivesetError {
  return new LivesetError("unavailable", {
    detail: "Too much is written for a snapshot to find its place.",
    retryAfter: 1,
  });
}

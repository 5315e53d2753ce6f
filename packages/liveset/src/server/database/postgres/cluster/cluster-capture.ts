import { setTimeout as delay } from "node:timers/promises";
import type { ClientBase } from "pg";
import type { Cursor } from "../../../../core/change/cursor.ts";
import { LivesetError } from "../../../../core/error/liveset-error.ts";
import type { ClusterLog } from "../../../cluster/cluster-log.ts";
import { LogFeed } from "../../../cluster/log-feed.ts";
import type { LogPosition } from "../../../cluster/log-position.ts";
import { LogReader } from "../../../cluster/log-reader.ts";
import type { CapturedTransaction } from "../../../feed/captured-transaction.ts";
import { systemClock } from "../../../system-clock.ts";
import type { Capture, CaptureParts } from "../capture.ts";
import { seenOf, type WalSnapshot } from "../wal/wal-snapshot.ts";
import type { CommitBarrier } from "./commit-barrier.ts";
import { askText, knownTables, readKnown, unknownOf } from "./known-tables.ts";
import { Liveness } from "./liveness.ts";
import { SnapshotRounds } from "./snapshot-rounds.ts";

/** Rows that wait for a snapshot to find its place, at most. */
const mostHeldRows = 200_000;

/** Transactions that were given and were not seen by a snapshot yet, at most: of more, the oldest are seen for sure. */
const mostUnseen = 20_000;

/** How long a node waits at its start until somebody reads the changes, and before it looks again, in ms. */
const longestStart = 20_000;
const lookAgain = 200;

/** What a node's capture works with. */
export interface ClusterCaptureParts extends CaptureParts {
  readonly cluster: ClusterLog;
  readonly barrier: CommitBarrier;
  readonly noteMutation: Capture["noteMutation"];
  /** Ends what this node does for the others. */
  readonly resign: () => Promise<void>;
}

/** A node's capture: what the cluster's log says, and the places of this node's snapshots in it. */
export class ClusterCapture implements Capture {
  readonly #parts: ClusterCaptureParts;
  readonly #reader: LogReader;
  readonly #rounds: SnapshotRounds;
  readonly #liveness: Liveness;
  #feed: LogFeed | null = null;
  /** Received, not yet given: snapshots seek their places among them. */
  #queue: CapturedTransaction[] = [];
  #heldRows = 0;
  #isHeld = false;
  /** Given, and not known to be visible yet: the log may be faster than the database. */
  #unseen: number[] = [];
  /** Counts how often the log began anew: places that were sought before mean nothing then. */
  #begun = 0;
  #waiting: (() => void)[] = [];
  #started = false;
  readonly #stopped = new AbortController();

  constructor(parts: ClusterCaptureParts) {
    this.#parts = parts;
    this.#reader = new LogReader(
      { cluster: parts.cluster, log: parts.log, clock: systemClock },
      {
        begun: (position) => this.#begin(position),
        transaction: (transaction) => this.#receive(transaction),
        live: (live) => this.#liveness.log(live),
      },
    );
    this.#liveness = new Liveness({
      caughtUp: () => this.caughtUp(),
      onChange: (isLive) => this.#feed?.live(isLive),
      log: parts.log,
    });
    this.#rounds = new SnapshotRounds({
      hold: (held) => this.#hold(held),
      passed: () => this.#passed(),
      placeOf: (snapshot) => this.#placeOf(snapshot),
      give: (count) => this.#give(count),
    });
  }

  /** Resolves when the log is there and was read to its end. */
  async begin(): Promise<void> {
    await this.#reader.start();
    const end = Date.now() + longestStart;
    for (;;) {
      try {
        await this.caughtUp();
        break;
      } catch (error) {
        // The broker may have the log of a database that is gone, and who reads this one's changes installs what is needed.
        if (Date.now() > end || this.#stopped.signal.aborted) throw error;
        await delay(lookAgain, null, { signal: this.#stopped.signal }).catch(() => {});
      }
    }
    await this.#askForTables(end);
    this.#liveness.begin();
    this.#started = true;
  }

  /** Where a node of another version reads the changes, and does not know what this one needs, it is asked to leave that to this one. */
  async #askForTables(end: number): Promise<void> {
    const { cluster, tables } = this.#parts;
    const needed = knownTables(tables);
    for (;;) {
      const unknown = await this.#unknown();
      if (unknown.length === 0) return;
      if (Date.now() > end || this.#stopped.signal.aborted)
        throw new Error(
          `The server that reads the changes of the database does not know what this one declares (${unknown.join(", ")}), and none that does takes over.`,
        );
      await cluster.send(askText(needed)).catch(() => {});
      await delay(1_000, null, { signal: this.#stopped.signal }).catch(() => {});
      await this.caughtUp().catch(() => {});
    }
  }

  async #unknown(): Promise<string[]> {
    const { withClient, schema, tables } = this.#parts;
    return unknownOf(await withClient((client) => readKnown(client, schema)), knownTables(tables));
  }

  /** Whoever reads now may know less: then this node says that it is not live. */
  async #checkTables(): Promise<void> {
    try {
      const unknown = await this.#unknown();
      if (unknown.length > 0)
        this.#parts.log.error(
          { unknown },
          "the server that reads the changes does not know what this one declares",
        );
      this.#liveness.tables(unknown.length === 0);
    } catch (error) {
      this.#parts.log.warn({ err: error }, "what the reading server knows cannot be read");
    }
  }

  get feed(): LogFeed {
    if (this.#feed === null) throw new TypeError("The cluster's log has not been read yet.");
    return this.#feed;
  }

  atSnapshot<T>(client: ClientBase, work: (cursor: Cursor) => Promise<T>): Promise<T> {
    return this.#rounds.run(client, () => work(this.feed.cursor));
  }

  async caughtUp(): Promise<void> {
    await this.#parts.barrier.passed();
    if (this.#queue.length > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  noteMutation(client: ClientBase, id: string): Promise<void> {
    return this.#parts.noteMutation(client, id);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#liveness.end();
    this.#reader.end();
    await this.#parts.resign();
    await this.#parts.barrier.end();
  }

  #begin(position: LogPosition): void {
    this.#begun++;
    this.#queue = [];
    this.#heldRows = 0;
    this.#unseen = [];
    if (this.#feed === null) {
      const { cluster, log } = this.#parts;
      this.#feed = new LogFeed({ cluster, log, caughtUp: () => this.caughtUp() }, position);
    } else {
      this.#parts.log.warn({ ...position }, "the cluster's log was lost: all lists are sent anew");
      this.#feed.lose(position);
    }
    if (this.#started) void this.#checkTables();
    this.#parts.barrier.begun(position);
    this.#release();
  }

  #receive(transaction: CapturedTransaction): void {
    this.#queue.push(transaction);
    this.#heldRows += transaction.changes.length + 1;
    if (!this.#isHeld) this.#give(this.#queue.length);
    this.#parts.barrier.received(transaction);
  }

  #hold(held: boolean): void {
    this.#isHeld = held;
    if (!held) this.#give(this.#queue.length);
  }

  async #passed(): Promise<void> {
    const begun = this.#begun;
    await this.#parts.barrier.passed();
    if (this.#heldRows > mostHeldRows)
      throw new LivesetError("unavailable", {
        detail: "Too much is written for a snapshot to find its place.",
        retryAfter: 1,
      });
    // What was received before is not in the queue any more: ask again.
    if (begun !== this.#begun) return this.#passed();
  }

  /** How many of the queue a snapshot sees; null where it has no place. */
  #placeOf(snapshot: WalSnapshot): number | null {
    this.#unseen = this.#unseen.filter((xid) => !snapshot.sees(xid));
    if (this.#unseen.length > 0) return null;
    return seenOf(
      snapshot,
      this.#queue.map(({ xid }) => xid ?? 0),
    );
  }

  #give(count: number): void {
    for (const transaction of this.#queue.splice(0, count)) {
      this.#heldRows -= transaction.changes.length + 1;
      if (transaction.xid !== undefined) this.#unseen.push(transaction.xid);
      this.feed.give(transaction);
    }
    if (this.#unseen.length > mostUnseen) this.#unseen = this.#unseen.slice(-mostUnseen / 2);
    if (this.#queue.length === 0) this.#release();
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

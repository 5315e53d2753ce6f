import type { Clock } from "../../core/clock.ts";
import type { CapturedTransaction } from "../feed/captured-transaction.ts";
import { placeOf } from "../feed/log-cursor.ts";
import type { Log } from "../log.ts";
import type { ClusterLog } from "./cluster-log.ts";
import { findPosition } from "./find-position.ts";
import { entryAt, type LogPosition, type LogTail, positionOf, readTail } from "./log-position.ts";
import { Pause } from "./pause.ts";
import { TransactionJoiner } from "./transaction-joiner.ts";

/** What is done with what a log says. Nothing of it may throw. */
export interface LogReaderHandler {
  /**
   * The transactions after a cursor follow. At the beginning; later where what came after those that were told cannot be told any
   * more: the log was lost, or pruned before it was read.
   */
  begun(position: LogPosition): void;
  /** The next transaction. */
  transaction(transaction: CapturedTransaction): void;
  /** Whether transactions come as they are published. */
  live(live: boolean): void;
}

/** What a reader works with. */
export interface LogReaderParts {
  readonly cluster: ClusterLog;
  readonly log: Log;
  readonly clock: Clock;
}

/** Entries before the newest at which a node begins, so that it knows a little of what was before it. */
const prelude = 5_000;

/** Before the log is looked at again where it is not there, in ms. */
const lookEvery = 100;

/**
 * Reads the transactions of a cluster's log, from near its end on, for as long as it is open. Where the log was lost and another is there,
 * goes on in that one if it holds what follows; nothing is told twice.
 */
export class LogReader {
  readonly #parts: LogReaderParts;
  readonly #handler: LogReaderHandler;
  readonly #pause: Pause;
  /** The last transaction that was told. */
  #at: LogPosition | null = null;
  #open = true;

  constructor(parts: LogReaderParts, handler: LogReaderHandler) {
    this.#parts = parts;
    this.#handler = handler;
    this.#pause = new Pause(parts.clock);
  }

  /** Begins. Resolves when the log is there, or at the end. */
  start(): Promise<void> {
    return new Promise((resolve) => void this.#run(resolve));
  }

  end(): void {
    this.#open = false;
    this.#pause.end();
  }

  async #run(begun: () => void): Promise<void> {
    let failing = false;
    while (this.#open) {
      try {
        const from = await this.#find();
        if (from !== null && this.#open) {
          failing = false;
          await this.#follow(from, begun);
          // Another log may be there already.
          continue;
        }
      } catch (error) {
        if (!failing) this.#parts.log.warn({ err: error }, "the cluster's log cannot be read: trying again");
        failing = true;
      }
      if (this.#open) await this.#pause.wait(lookEvery);
    }
    begun();
  }

  /** Where to go on; null where there is no log. */
  async #find(): Promise<LogPosition | null> {
    const tail = await readTail(this.#parts.cluster);
    if (tail === null || tail.position === null) return null;
    return this.#at === null ? this.#nearEnd(tail) : this.#again(this.#at, tail, tail.position);
  }

  async #nearEnd({ ends, position }: LogTail): Promise<LogPosition | null> {
    const at = { epoch: ends.epoch, place: Math.max(ends.first, ends.last - prelude) };
    const entry = await entryAt(this.#parts.cluster, at);
    const early = entry === null ? null : positionOf(entry, at);
    // What belongs to another epoch of the feed is of no use.
    return early?.epoch === position?.epoch && early !== null ? early : position;
  }

  /** Where the transactions after those that were told stand; else the end, and what is before it cannot be told. */
  async #again(at: LogPosition, { ends }: LogTail, end: LogPosition): Promise<LogPosition> {
    // A log that is not as far as this node: what comes until then is passed over.
    if (at.epoch === end.epoch && seqOf(end) <= seqOf(at)) return end;
    return (await findPosition(this.#parts.cluster, ends, at.epoch, at.cursor)) ?? end;
  }

  /** Resolves when the log is lost, or at the end. */
  async #follow(from: LogPosition, begun: () => void): Promise<void> {
    if (this.#at === null || this.#at.epoch !== from.epoch || seqOf(this.#at) < seqOf(from)) {
      this.#at = from;
      this.#handler.begun(from);
    }
    begun();
    const joiner = new TransactionJoiner(from.cursor);
    let isLost = false;
    const lose = (): void => {
      isLost = true;
      this.#pause.end();
    };
    const unfollow = this.#parts.cluster.follow(from.place, {
      entry: ({ text }) => {
        if (isLost) return;
        const joined = joiner.add(text);
        if (joined.type === "gap") lose();
        else if (joined.type === "transaction") this.#take(joined.transaction);
      },
      live: (live) => this.#handler.live(live),
      lost: lose,
    });
    while (this.#open && !isLost) await this.#pause.wait(null);
    unfollow();
    if (isLost) this.#handler.live(false);
  }

  #take(transaction: CapturedTransaction): void {
    const at = this.#at;
    const place = at === null ? null : placeOf(at.epoch, transaction.cursor);
    if (at === null || place === null || place.seq <= seqOf(at)) return;
    this.#at = { ...at, cursor: transaction.cursor };
    this.#handler.transaction(transaction);
  }
}

function seqOf({ epoch, cursor }: LogPosition): number {
  return placeOf(epoch, cursor)?.seq ?? -1;
}

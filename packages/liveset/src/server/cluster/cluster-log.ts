import type { Clock } from "../../core/clock.ts";
import type { Log } from "../log.ts";
import type { NodeChannel } from "./node-channel.ts";

/** A place in a cluster log. Places of one epoch are numbers one after another. */
export interface LogPlace {
  readonly epoch: string;
  readonly place: number;
}

/** What a cluster log holds: the places of its oldest and its newest entry. */
export interface LogEnds {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
}

/** One entry: a text of bounded length, which the log does not look into. */
export interface LogEntry {
  readonly place: number;
  readonly text: string;
}

/** Who follows a log. Nothing of it may throw. */
export interface LogFollower {
  /** The next entry. No entry is left out, none comes twice. */
  entry(entry: LogEntry): void;
  /**
   * The entries after the last one given cannot be told: they were pruned before they were read, or the log was lost, or
   * another one was begun. Nothing more is said after it.
   */
  lost(): void;
  /** Whether entries come as they are appended; false from when the broker is found to be gone until it is back. */
  live(live: boolean): void;
}

/** What a log is opened with. */
export interface LogOptions {
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * An ordered log in a broker that all nodes of a cluster share, and short messages between them. One per implementation;
 * `liveset/testing` exports the suite that each passes.
 *
 * The log has one writer at a time by agreement only. What keeps it in order is that `append` names the place that it follows:
 * of two who append after the same place one succeeds.
 *
 * Every call but `follow`, `listen` and `close` throws a LivesetError `unavailable` where the broker cannot be reached or refuses;
 * whether an `append` that throws has appended must then be looked up.
 */
export interface ClusterLog extends NodeChannel {
  /** Bytes of UTF-8 that one entry may have. */
  readonly entryBytes: number;
  /**
   * Connects. Afterwards the connection is made again by itself whenever it is lost.
   * @throws LivesetError `unavailable` where the broker is not there or refuses; it may be opened again.
   */
  open(options: LogOptions): Promise<void>;
  /** What there is now; null where no log was begun, or where it was lost. */
  ends(): Promise<LogEnds | null>;
  /**
   * Begins a new log under an epoch of its own, with one entry; the entries of the one before are not told any more.
   *
   * @param instead what there was, as `ends` told
   * @returns the place of the entry, or null where there is something else now
   */
  begin(text: string, instead: LogEnds | null): Promise<LogPlace | null>;
  /**
   * Appends entries after the newest one, in order; other entries never come between. Where it throws, a first part of them may
   * have been appended.
   *
   * @returns the place of the last of them, or null where `after` is not the place of the newest entry: then none was appended
   */
  append(texts: readonly string[], after: LogPlace): Promise<LogPlace | null>;
  /** At most `limit` entries after a place; null where some of these were pruned, or where the epoch is another one. */
  read(after: LogPlace, limit: number): Promise<readonly LogEntry[] | null>;
  /** Gives all entries after a place to the follower, and those that come, until the returned function is called. */
  follow(after: LogPlace, follower: LogFollower): () => void;
  /** Ends following, listening and the connection. */
  close(): Promise<void>;
}

import type { Cursor } from "../../core/change/cursor.ts";
import type { LivesetError } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";
import type { ClusterLog } from "../cluster/cluster-log.ts";
import type { NodeChannel } from "../cluster/node-channel.ts";
import type { Feed } from "../feed/feed.ts";
import type { Log } from "../log.ts";
import type { Db } from "../register.ts";
import type { TableInfo } from "../table/table-info.ts";

/** A write's identity (P6). The same id by the same owner with the same fingerprint gets the first answer again. */
export interface Mutation {
  readonly id: string;
  /** Who wrote: the principal's id, empty for nobody. */
  readonly owner: string;
  /** What was asked, canonical: resource, action, key and data. */
  readonly fingerprint: string;
}

/** What a database needs to open. */
export interface OpenOptions {
  readonly tables: readonly TableInfo[];
  readonly log: Log;
  /**
   * What is shared with other nodes; `"slots"`: nothing, every node reads the changes for itself. A database that tells every node of all
   * changes anyway does not need it.
   */
  readonly cluster?: ClusterLog | "slots" | null;
}

/**
 * A database as liveset uses it: the user's tables through Drizzle, consistent reads, transactions, and the feed
 * of what changed. One per implementation; `liveset/testing` exports the suite that each passes.
 */
export interface Database<D = Db> {
  readonly dialect: "sqlite" | "postgres";
  /** The user's own Drizzle database. Writes through it are seen like all others. */
  readonly db: D;
  readonly feed: Feed;
  /** Messages between nodes that share nothing else, once it was opened with `cluster: "slots"`. */
  readonly channel?: NodeChannel | null;
  /** Connects, checks that the tables exist with their declared columns, installs or upgrades capture, starts to listen. */
  open(options: OpenOptions): Promise<void>;
  /**
   * Reads in one snapshot. `cursor` is the snapshot's exact position; by the time that `work` is called, the feed's
   * listeners have been given everything up to it, and nothing beyond.
   */
  read<T>(
    work: (db: D, cursor: Cursor) => Promise<T>,
  ): Promise<{ readonly value: T; readonly cursor: Cursor }>;
  /**
   * Writes in one transaction: committed when `work` resolves, rolled back when it throws. When the promise resolves, the
   * feed's listeners have been given this transaction. With a mutation, the value is kept in the same transaction;
   * a repetition does not call `work` and returns the kept value (`repeated: true`).
   * @throws LivesetError `mutation_reused` where the id was used by another owner or for another write.
   */
  write<T extends Json>(
    work: (db: D) => Promise<T>,
    mutation?: Mutation,
  ): Promise<{ readonly value: T; readonly cursor: Cursor; readonly repeated: boolean }>;
  /** A driver's error as a coded one (unique and foreign key: `conflict`; not null and check: `invalid`; busy: `unavailable`), or null where it is none of these. */
  toError(thrown: unknown): LivesetError | null;
  /** Ends timers and connections. Writes under way are finished first. */
  close(): Promise<void>;
}

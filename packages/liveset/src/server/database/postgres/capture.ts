import type { Client, ClientBase } from "pg";
import type { Cursor } from "../../../core/change/cursor.ts";
import type { Feed } from "../../feed/feed.ts";
import type { Log } from "../../log.ts";
import type { TableInfo } from "../../table/table-info.ts";
import type { TransactionBounds } from "./transaction-bounds.ts";

/** A table as the database has it, checked against its declaration. */
export interface DatabaseTable {
  readonly info: TableInfo;
  /** The schema and the name that the database knows it by. */
  readonly schema: string;
  readonly name: string;
  /** The object id of the table. */
  readonly oid: number;
  /** In the order of `info.columns`. */
  readonly columns: readonly DatabaseColumn[];
}

/** A column as the database has it. */
export interface DatabaseColumn {
  readonly name: string;
  /** The object id of its type; of the type underneath where it is a domain, as in the description of a query's result. */
  readonly type: number;
  /** The type's name, such as `bpchar`. */
  readonly typeName: string;
}

/** What a connection is for, where that is not to run SQL. */
export interface ConnectionMode {
  readonly replication: "database";
}

/** What a way of capture works with. */
export interface CaptureParts {
  readonly tables: readonly DatabaseTable[];
  /**
   * The same tables as the database has them by then.
   *
   * @throws Error where it has not what is declared.
   */
  readonly readTables: (client: ClientBase) => Promise<readonly DatabaseTable[]>;
  /** A connection of capture's own, not yet connected; capture ends it. */
  readonly makeClient: (mode?: ConnectionMode) => Client;
  /** Runs short work on a connection of the pool. */
  readonly withClient: <T>(work: (client: ClientBase) => Promise<T>) => Promise<T>;
  /** The schema of liveset's own tables, made already. */
  readonly schema: string;
  readonly log: Log;
  /** How much of the log is kept: rows and age in ms. What comes after the cursor that `until` gives is kept however much it is. */
  readonly keep: { readonly count: number; readonly age: number; readonly until?: () => Cursor | null };
  readonly bounds: TransactionBounds;
  /** Is told of each mark in the WAL, whoever wrote it: it stands behind the cursor. */
  readonly onMark?: (id: string, cursor: Cursor) => void;
}

/**
 * A way in which a PostgreSQL database tells what changed. Started, it gives the feed's listeners every transaction that is
 * committed from then on, whole and in commit order; a new one goes on where the last one ended, or under a new epoch where it
 * cannot. Where that happens while it runs, the feed begins a new epoch and says `lost`, as soon as the database lets it.
 */
export interface Capture {
  readonly feed: Feed;
  /**
   * Begins a `REPEATABLE READ, READ ONLY` transaction on the client and calls the work when the feed's listeners have been given
   * exactly what its snapshot sees: the position is the snapshot's own. The transaction is ended by whoever called.
   *
   *     wanted ─► BEGIN, snapshot ─► listeners are given what it sees, nothing beyond ─► work(cursor), at once
   */
  atSnapshot<T>(client: ClientBase, work: (cursor: Cursor) => Promise<T>): Promise<T>;
  /** Resolves when listeners have been given all that was committed before the call. */
  caughtUp(): Promise<void>;
  /** Puts a mutation's id into the transaction that is open on the client: listeners are told it with the changes. */
  noteMutation(client: ClientBase, id: string): Promise<void>;
  /** Ends timers and connections. What is under way is finished or fails. */
  stop(): Promise<void>;
}

/**
 * Installs or checks what capture needs and begins to listen.
 *
 * @throws Error that says what the role may not do, or what the database lacks, and how to get it.
 */
export type StartCapture = (parts: CaptureParts) => Promise<Capture>;

import type { Table } from "drizzle-orm";
import type { Transaction } from "../../core/change/transaction.ts";
import type { Database } from "../../server/database/database.ts";

/**
 * The tables that the suite needs, made in the database and declared for Drizzle:
 *
 * - `people`: `id` integer key · `name` text, unique, not null · `age` integer, check `age >= 0`
 * - `pets`: `id` integer key · `ownerId` (`owner_id`) integer, not null, refers to people, deleted with them · `name` text
 * - `places`: key of `x` text and `y` integer · `label` text
 * - `kinds`: `id` text key · `integer` · `real` · `boolean` · `bigint` · `date` · `json` · `blob`, all but the key nullable
 */
export interface SuiteTables {
  readonly people: Table;
  readonly pets: Table;
  readonly places: Table;
  readonly kinds: Table;
}

/** A database under test, of its own for each case. */
export interface DatabaseHarness {
  readonly tables: SuiteTables;
  /** A database that is not opened, on the same data each time it is called. */
  connect(): Database<unknown>;
  /** Runs statements in one transaction from outside: another connection that knows nothing of liveset. */
  outside(statements: readonly string[]): Promise<void>;
  /** Makes the log of changes unusable under the databases that are open, as an accident would: emptied, or its slot dropped. */
  loseLog(): Promise<void>;
  /** Removes everything. Databases are closed before. */
  remove(): Promise<void>;
}

/** What a case is given: the harness, and a database of it that is open. */
export interface CaseContext {
  readonly harness: DatabaseHarness;
  readonly database: Database;
  /** What the feed's listeners were given so far. */
  readonly heard: readonly Transaction[];
}

/** One requirement of a database. Rejects where it is not met. */
export interface DatabaseCase {
  readonly title: string;
  readonly run: (context: CaseContext) => Promise<void>;
}

/** A database of the harness. What the suite asks of it is the same on all of Drizzle's. */
export function connect(harness: DatabaseHarness): Database {
  return harness.connect() as Database;
}

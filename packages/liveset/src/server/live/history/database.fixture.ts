import type { SQL, Table } from "drizzle-orm";
import type { Database } from "../../database/database.ts";
import type { Db } from "../../register.ts";
import type { SchemaModule } from "../../relation-types.ts";
import type { Statement } from "./statement.fixture.ts";
import type { TableName, Tables } from "./tables.fixture.ts";

/** The tables for Drizzle, in one dialect; `audit` is shown by no resource. */
export interface DrizzleTables {
  readonly tables: Readonly<Record<TableName | "audit", Table>>;
  /** With their relations. */
  readonly schema: SchemaModule;
}

/** A database for histories: whatever it is, the same histories run on it. */
export interface HistoryDatabase extends DrizzleTables {
  /** Opens it, or opens it anew: what was committed is there. */
  connect(): Database;
  /** Runs SQL as its Drizzle databases do. */
  run(db: Db, query: SQL): Promise<unknown>;
  /** Runs statements in one transaction of another program. Resolves to how many were refused, and did nothing. */
  write(statements: readonly Statement[], rollback: boolean): Promise<number>;
  /** Reads everything, as another program would. */
  read(): Promise<Tables>;
  /** Marks of writes that the server's hooks noted, in no order. */
  audit(): Promise<readonly string[]>;
  /** Forgets the older part of the log, so that what came before can no longer be resumed. */
  prune(): Promise<void>;
  /** Empties the tables and runs the statements that every history begins with, in one transaction of another program. */
  begin(statements: readonly Statement[]): Promise<void>;
  end(): Promise<void>;
}

/** How a database is made; `cascade`: children go with their parents, and are orphans else. */
export type MakeDatabase = (cascade: boolean) => Promise<HistoryDatabase>;

import type { Database, Db } from "liveset";
import type { api, Schema } from "../api.ts";

/** Where a demo keeps its rows. */
export interface DemoStore {
  readonly api: typeof api;
  readonly database: Database<unknown>;
  /** Its rows through Drizzle, in the words that both databases have. */
  readonly db: Db;
  readonly schema: Schema;
  /** Where a person finds it: a file, or a database. */
  readonly place: "file" | "database";
  /** A line for a terminal that turns all tasks of a list around. */
  turnAround(listId: number): string;
}

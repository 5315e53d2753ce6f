import type { Logger } from "drizzle-orm";

/** Options of `sqlite`. */
export interface SqliteOptions {
  /** The schema module, where `db.query` is wanted. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Drizzle's casing of column names that are not given. */
  readonly casing?: "snake_case" | "camelCase";
  /** Drizzle's query logger. */
  readonly logger?: boolean | Logger;
  /** How much of the log is kept for clients that come back. The newest row always is. */
  readonly log?: {
    /** Rows at most (a row changed is a row, a transaction one more); 100,000 by default. */
    readonly count?: number;
    /** Age at most, in ms; 24 hours by default. Answers of mutations are kept as long. */
    readonly age?: number;
  };
  /** How long a write waits while another process writes, in ms; 5,000 by default. Then it fails with `unavailable`. */
  readonly busyTimeout?: number;
}

import type { Logger } from "drizzle-orm";

/** How changes are noticed; see `PostgresOptions.capture`. */
export type CaptureMode = "auto" | "wal" | "triggers";

/** Options of `postgres`. */
export interface PostgresOptions<S extends Record<string, unknown> = Record<string, unknown>> {
  /**
   * How changes are noticed: `wal` by logical replication, `triggers` by triggers of the server's, `auto` (the default) by logical
   * replication where `wal_level` is `logical`, the role may replicate and no declared column is generated, else by triggers: the log says
   * which, and why.
   */
  readonly capture?: CaptureMode;
  /** The schema of liveset's own tables; `liveset` by default. One server at a time works with one. */
  readonly captureSchema?: string;
  /** The schema module, where `db.query` is wanted. */
  readonly schema?: S;
  /** Drizzle's casing of column names that are not given. */
  readonly casing?: "snake_case" | "camelCase";
  /** Drizzle's query logger. */
  readonly logger?: boolean | Logger;
  /** Connections at most, where a URL is given; 16 by default, 4 at least. One more listens. */
  readonly connections?: number;
  /**
   * The largest transaction that is told; what is larger is not read, and all lists are sent anew instead. By default a million rows or 256
   * MiB of their text, or less where Node's heap is smaller than 2 GiB.
   */
  readonly largestTransaction?: { readonly rows?: number; readonly bytes?: number };
  /** How much of the log is kept for clients that come back. The newest transaction always is. */
  readonly log?: {
    /** Rows at most (a row changed is a row, a transaction one more); 100,000 by default. */
    readonly count?: number;
    /** Age at most, in ms; 24 hours by default. Answers of mutations are kept as long. */
    readonly age?: number;
  };
}

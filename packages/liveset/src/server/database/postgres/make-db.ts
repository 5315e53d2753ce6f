import { sql, TransactionRollbackError } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import type { PgTransactionConfig } from "drizzle-orm/pg-core";
import type { Pool, QueryConfig, QueryResult } from "pg";
import type { PostgresDb } from "../../register.ts";
import type { PostgresOptions } from "./postgres-options.ts";

/** Runs one statement as node-postgres does. */
export type Run = (query: QueryConfig | string, values?: unknown[]) => Promise<QueryResult>;

/** What a Drizzle database runs on. */
export interface DbParts {
  readonly run: Run;
  readonly transact: <T>(work: () => Promise<T>, config: PgTransactionConfig) => Promise<T>;
}

/**
 * A Drizzle database by Drizzle's own driver for node-postgres. What the running code is inside of decides the connection, so
 * `transaction` is ours.
 */
export function makeDb({ run, transact }: DbParts, { schema, casing, logger }: PostgresOptions): PostgresDb {
  // All that Drizzle's driver uses of a client.
  const client = { query: run } as unknown as Pool;
  const db = drizzle(client, {
    ...(schema && { schema }),
    ...(casing && { casing }),
    ...(logger !== undefined && { logger }),
  });
  Object.assign(db, {
    transaction: (work: (tx: unknown) => Promise<unknown>, config: PgTransactionConfig = {}) =>
      transact(() => work(tx), config),
  });
  const rollback = (): never => {
    throw new TransactionRollbackError();
  };
  const setTransaction = (config: PgTransactionConfig) =>
    db.execute(sql.raw(`set transaction ${transactionModes(config)}`));
  const tx: object = Object.assign(Object.create(db), { rollback, setTransaction });
  return db as unknown as PostgresDb;
}

/** The modes of BEGIN and SET TRANSACTION, as Drizzle names them. */
export function transactionModes({ isolationLevel, accessMode, deferrable }: PgTransactionConfig): string {
  return [
    isolationLevel && `isolation level ${isolationLevel}`,
    accessMode,
    typeof deferrable === "boolean" && (deferrable ? "deferrable" : "not deferrable"),
  ]
    .filter(Boolean)
    .join(", ");
}

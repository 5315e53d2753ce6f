import { type SQLWrapper, sql, TransactionRollbackError } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { drizzle } from "drizzle-orm/sqlite-proxy";
import type { Db } from "../../register.ts";
import type { Method, Result } from "./connection.ts";
import type { SqliteOptions } from "./sqlite-options.ts";

/** What a Drizzle database runs on. */
export interface DbParts {
  readonly run: (sql: string, params: readonly unknown[], method: Method) => Promise<Result>;
  readonly columns: (sql: string) => string[];
  readonly transact: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * A Drizzle database, by Drizzle's own proxy. `transaction` is ours (the proxy's would interleave transactions), and `all` and `get`
 * of plain SQL give objects, as Drizzle's other drivers do.
 */
export function makeDb(parts: DbParts, { schema, casing, logger }: SqliteOptions): Db {
  const run = async (text: string, params: unknown[], method: Method) => {
    const { rows, ...result } = await parts.run(text, params, method);
    // The proxy's `get` is given one row, and undefined for none.
    return { ...result, rows: (method === "get" ? rows[0] : rows) as unknown[] };
  };
  const batch = (queries: { sql: string; params: unknown[]; method: Method }[]) =>
    parts.transact(async () => {
      const results: Awaited<ReturnType<typeof run>>[] = [];
      for (const query of queries) results.push(await run(query.sql, query.params, query.method));
      return results;
    });
  const options = {
    ...(schema && { schema }),
    ...(casing && { casing }),
    ...(logger !== undefined && { logger }),
  };
  const db = drizzle(run, batch, options);
  const dialect = new SQLiteAsyncDialect(casing && { casing });
  const objects = async (query: SQLWrapper | string) => {
    const { sql: text, params } = dialect.sqlToQuery(
      typeof query === "string" ? sql.raw(query) : query.getSQL(),
    );
    const { rows } = await parts.run(text, params, "all");
    const names = rows.length === 0 ? [] : parts.columns(text);
    return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
  };
  const rollback = (): never => {
    throw new TransactionRollbackError();
  };
  Object.assign(db, {
    all: objects,
    get: async (query: SQLWrapper | string) => (await objects(query))[0],
    transaction: (work: (tx: unknown) => Promise<unknown>) => parts.transact(() => work(tx)),
  });
  // What the running code is inside of decides the connection, so one transaction object serves all.
  const tx: object = Object.assign(Object.create(db), { rollback });
  return db as unknown as Db;
}

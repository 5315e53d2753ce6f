import { DatabaseSync, type StatementSync } from "node:sqlite";
import { fromSqlOutput, type SqlValue, toSqlInput } from "./sql-value.ts";

/** What Drizzle asks for: nothing, one row, all rows, all rows. */
export type Method = "run" | "get" | "all" | "values";

/** What a statement gave: a row is a list of values; for `get` there is one row or none. */
export interface Result {
  readonly rows: SqlValue[][];
  readonly changes: number;
  readonly lastInsertRowid: number | bigint;
}

/** How a connection is opened. */
export interface ConnectionOptions {
  readonly readOnly: boolean;
  /** Statements to run first, such as pragmas. */
  readonly setUp: readonly string[];
  /** How long a statement blocks while another process holds the file, in ms. */
  readonly timeout: number;
}

/** Statements kept prepared; the least recently used one goes first. */
const cachedStatements = 256;

/** One connection to a SQLite file. Statements are prepared once and kept. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, { readOnly, setUp, timeout }: ConnectionOptions) {
    this.#database = new DatabaseSync(path, { readOnly, enableForeignKeyConstraints: true });
    for (const sql of [`PRAGMA busy_timeout = ${timeout}`, ...setUp]) this.#database.exec(sql);
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Runs one statement. */
  run(sql: string, params: readonly unknown[] = [], method: Method = "all"): Result {
    const statement = this.#prepare(sql);
    const input = params.map(toSqlInput);
    if (method === "run") {
      const { changes, lastInsertRowid } = statement.run(...input);
      return {
        rows: [],
        changes: Number(changes),
        lastInsertRowid: fromSqlOutput(lastInsertRowid) as number | bigint,
      };
    }
    if (method === "get") {
      const row = statement.get(...input) as unknown as unknown[] | undefined;
      return { rows: row === undefined ? [] : [row.map(fromSqlOutput)], changes: 0, lastInsertRowid: 0 };
    }
    const rows = statement.all(...input) as unknown as unknown[][];
    for (const row of rows) for (let i = 0; i < row.length; i++) row[i] = fromSqlOutput(row[i]);
    return { rows: rows as SqlValue[][], changes: 0, lastInsertRowid: 0 };
  }

  /** The rows of one statement. */
  all(sql: string, ...params: readonly unknown[]): SqlValue[][] {
    return this.run(sql, params, "all").rows;
  }

  /** The first row of one statement; empty where there is none. */
  get(sql: string, ...params: readonly unknown[]): SqlValue[] {
    return this.run(sql, params, "get").rows[0] ?? [];
  }

  /** The names of a statement's columns. */
  columns(sql: string): string[] {
    return this.#prepare(sql)
      .columns()
      .map(({ name }) => name);
  }

  /** Runs SQL of any number of statements, none of them kept. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    this.#statements.delete(sql);
    const statement = known ?? this.#database.prepare(sql);
    if (known === undefined) {
      statement.setReadBigInts(true);
      statement.setReturnArrays(true);
    }
    this.#statements.set(sql, statement);
    if (this.#statements.size > cachedStatements) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    return statement;
  }
}

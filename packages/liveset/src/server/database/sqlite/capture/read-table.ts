import type { Connection } from "../connection.ts";
import type { UniqueColumns } from "./capture-table.ts";

/** A table as the database has it. */
export interface DatabaseTable {
  /** Names of its columns. */
  readonly columns: readonly string[];
  readonly generated: ReadonlySet<string>;
  readonly unique: readonly UniqueColumns[];
  /** Names of unique indexes on expressions: rows that REPLACE deletes because of them are not seen. */
  readonly expressionIndexes: readonly string[];
}

/** Reads what the database says of a table; null where it has no such table. */
export function readTable(connection: Connection, name: string): DatabaseTable | null {
  const [kind, sql] = connection.get(
    "SELECT type, sql FROM sqlite_master WHERE lower(name) = lower(?) AND type IN ('table', 'view')",
    name,
  );
  if (kind !== "table" || /^create\s+virtual/i.test(String(sql))) return null;
  const columns = connection.all("SELECT name, pk, hidden FROM pragma_table_xinfo(?)", name);
  const indexes = connection
    .all('SELECT name, origin, partial FROM pragma_index_list(?) WHERE "unique"', name)
    .map(([index, origin, partial]) => readIndex(connection, String(index), origin === "pk", partial === 1));
  const unique = indexes.flatMap((index) =>
    index.columns === null ? [] : [{ columns: index.columns, partial: index.partial }],
  );
  const [rowId] = columns.flatMap(([column, pk]) => (pk === 1 ? [String(column)] : []));
  // An INTEGER PRIMARY KEY is the table itself and has no index.
  if (rowId !== undefined && !indexes.some(({ primary }) => primary))
    unique.unshift({ columns: [{ name: rowId, collation: "BINARY" }], partial: false });
  return {
    columns: columns.map(([column]) => String(column)),
    generated: new Set(
      columns.flatMap(([column, , hidden]) => (Number(hidden) >= 2 ? [String(column)] : [])),
    ),
    unique,
    expressionIndexes: indexes.flatMap((index) => (index.columns === null ? [index.name] : [])),
  };
}

function readIndex(connection: Connection, name: string, primary: boolean, partial: boolean) {
  const parts = connection.all("SELECT cid, name, coll FROM pragma_index_xinfo(?) WHERE key", name);
  const plain = parts.every(([cid]) => Number(cid) >= 0);
  const columns = parts.map(([, column, collation]) => ({
    name: String(column),
    collation: String(collation),
  }));
  return { name, primary, partial, columns: plain ? columns : null };
}

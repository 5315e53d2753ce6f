import { type Column as DrizzleColumn, getTableColumns, is, type Table } from "drizzle-orm";
import { PgTable, getTableConfig as pgConfig } from "drizzle-orm/pg-core";
import { SQLiteTable, getTableConfig as sqliteConfig } from "drizzle-orm/sqlite-core";
import type { Json, WireRow } from "../../core/json.ts";
import { columnCodec } from "./column-codec.ts";
import { columnKindOf } from "./column-kind-of.ts";
import type { TableColumn, TableInfo } from "./table-info.ts";
import { tableName } from "./table-name.ts";

/**
 * What the server needs to know of a Drizzle table by itself, without relations (see `inspectInSchema`).
 *
 * @throws TypeError where it is not a table, has no primary key, or has one of JSON or of a custom type, which rows cannot be
 * found by.
 */
export function inspectTable(table: Table): TableInfo {
  if (!is(table, SQLiteTable) && !is(table, PgTable))
    throw new TypeError("Expected a Drizzle table made by sqliteTable(…) or pgTable(…).");
  const name = tableName(table);
  const columns = new Map(
    Object.entries(getTableColumns(table)).map(([property, column]) => [
      property,
      inspectColumn(property, column),
    ]),
  );
  return {
    table,
    name,
    columns,
    key: keyOf(table, name, columns),
    relations: new Map(),
    toWire: (model) => rowToWire(columns, model),
    fromWire: (row) => rowFromWire(columns, row),
  };
}

function inspectColumn(name: string, drizzle: DrizzleColumn): TableColumn {
  const kind = columnKindOf(drizzle);
  const codec = columnCodec(kind, drizzle);
  return {
    name,
    kind,
    nullable: !drizzle.notNull,
    sqlName: drizzle.name,
    hasDefault: drizzle.hasDefault,
    generated: drizzle.generated !== undefined || drizzle.generatedIdentity?.type === "always",
    drizzle,
    toWire: (value) => (value === null || value === undefined ? null : codec.toWire(value)),
    fromWire: (value) => (value === null ? null : codec.fromWire(value)),
  };
}

function keyOf(
  table: SQLiteTable | PgTable,
  name: string,
  columns: ReadonlyMap<string, TableColumn>,
): string[] {
  const { primaryKeys } = is(table, PgTable) ? pgConfig(table) : sqliteConfig(table);
  const composite = new Set(
    primaryKeys.flatMap((key): string[] => key.columns.map((column: DrizzleColumn) => column.name)),
  );
  const key = [...columns.values()].filter(({ drizzle }) => drizzle.primary || composite.has(drizzle.name));
  if (key.length === 0) {
    throw new TypeError(
      `The table "${name}" has no primary key: liveset tells its rows apart by it. Declare one, such as integer().primaryKey().`,
    );
  }
  for (const column of key) {
    if (column.kind === "json" || column.kind === "opaque") {
      const what = column.kind === "json" ? "JSON" : `a custom type (${column.drizzle.getSQLType()})`;
      throw new TypeError(
        `The primary key column "${column.name}" of the table "${name}" is ${what}: rows cannot be found by it.`,
      );
    }
  }
  return key.map((column) => column.name);
}

function rowToWire(
  columns: ReadonlyMap<string, TableColumn>,
  model: Readonly<Record<string, unknown>>,
): WireRow {
  const row: Record<string, Json> = {};
  for (const [name, column] of columns) row[name] = column.toWire(model[name]);
  return row;
}

function rowFromWire(columns: ReadonlyMap<string, TableColumn>, row: WireRow): Record<string, unknown> {
  const model: Record<string, unknown> = {};
  for (const [name, column] of columns) model[name] = column.fromWire(row[name] ?? null);
  return model;
}

import { getTableName, is, type Table } from "drizzle-orm";
import { toCamelCase, toSnakeCase } from "drizzle-orm/casing";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import type { ClientBase } from "pg";
import type { TableColumn, TableInfo } from "../../table/table-info.ts";
import type { DatabaseColumn, DatabaseTable } from "./capture.ts";
import type { PostgresOptions } from "./postgres-options.ts";

interface Row {
  readonly schema: string;
  readonly name: string;
  readonly oid: number;
  readonly kind: string;
  readonly column: string;
  readonly type: number;
  readonly type_name: string;
  readonly shown: string;
}

/** Types under domains are those that a query's result names. */
const query = `
  SELECT n.nspname AS schema, c.relname AS name, c.oid::int8::float8 AS oid, c.relkind AS kind, a.attname AS column,
    b.oid::int8::float8 AS type, b.typname AS type_name, format_type(b.oid, CASE WHEN b.oid = t.oid THEN a.atttypmod ELSE t.typtypmod END) AS shown
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  JOIN LATERAL (
    WITH RECURSIVE under AS (
      SELECT t.oid, t.typtype, t.typbasetype
      UNION ALL
      SELECT d.oid, d.typtype, d.typbasetype FROM under u JOIN pg_type d ON u.typtype = 'd' AND d.oid = u.typbasetype
    ) SELECT oid FROM under WHERE typtype <> 'd'
  ) base ON true
  JOIN pg_type b ON b.oid = base.oid
  WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest($1::text[], $2::text[]))
`;

/**
 * The tables as the database has them. A table without a schema is one of the schema that comes first on the search path.
 *
 * @throws Error with one line for each table or column that the database does not have or has with another type.
 */
export async function readTables(
  client: ClientBase,
  tables: readonly TableInfo[],
  casing: PostgresOptions["casing"],
): Promise<DatabaseTable[]> {
  const { rows: current } = await client.query<{ schema: string | null }>(
    "SELECT current_schema() AS schema",
  );
  const places = tables.map((info) => placeOf(info.table, current[0]?.schema ?? "public"));
  const { rows } = await client.query<Row>(query, [
    places.map(({ schema }) => schema),
    places.map(({ name }) => name),
  ]);
  const faults: string[] = [];
  const found = tables.flatMap((info, i) => {
    const { schema, name } = places[i] ?? { schema: "", name: "" };
    const own = rows.filter((row) => row.schema === schema && row.name === name);
    const [first] = own;
    if (first === undefined || !["r", "p"].includes(first.kind)) {
      faults.push(
        `The database has no table "${info.name}"${first === undefined ? "" : ": that is no table"}.`,
      );
      return [];
    }
    const columns = [...info.columns.values()].flatMap((column) =>
      columnOf(info, column, own, casing, faults),
    );
    return [{ info, schema, name, oid: first.oid, columns }];
  });
  if (faults.length > 0) throw new Error([...faults, "Run your migrations."].join("\n"));
  return found;
}

function placeOf(table: Table, current: string): { schema: string; name: string } {
  const schema = is(table, PgTable) ? getTableConfig(table).schema : undefined;
  return { schema: schema ?? current, name: getTableName(table) };
}

function columnOf(
  info: TableInfo,
  column: TableColumn,
  rows: readonly Row[],
  casing: PostgresOptions["casing"],
  faults: string[],
): DatabaseColumn[] {
  const name = sqlNameOf(column, casing);
  const row = rows.find((candidate) => candidate.column === name);
  if (row === undefined) {
    faults.push(`The table "${info.name}" has no column "${name}".`);
    return [];
  }
  if (!isDeclared(column, row))
    faults.push(
      `The column "${name}" of the table "${info.name}" is declared as ${column.drizzle.getSQLType()} and is ${row.shown} in the database.`,
    );
  return [{ name, type: row.type, typeName: row.type_name }];
}

/** A column's name in the database, under Drizzle's casing. */
function sqlNameOf({ drizzle }: TableColumn, casing: PostgresOptions["casing"]): string {
  if (!drizzle.keyAsName || casing === undefined) return drizzle.name;
  return casing === "snake_case" ? toSnakeCase(drizzle.name) : toCamelCase(drizzle.name);
}

/** Names under which one type is declared and shown. Types that are exchanged without a loss count as one. */
const sameTypes: readonly (readonly string[])[] = [
  ["smallint", "integer", "bigint", "serial", "bigserial", "smallserial"],
  ["text", "character varying", "varchar", "citext", "name"],
  ["character", "char", "bpchar"],
  ["real", "double precision"],
  ["numeric", "decimal"],
  ["timestamp", "timestamp without time zone"],
  ["time", "time without time zone"],
  ["timestamptz", "timestamp with time zone"],
  ["timetz", "time with time zone"],
  ["json", "jsonb"],
];

function isDeclared({ drizzle }: TableColumn, { shown }: Row): boolean {
  // The user's own types: only the database knows under which names it shows them.
  if (drizzle.dataType === "custom" || drizzle.columnType.startsWith("PgEnum")) return true;
  const declared = plainType(drizzle.getSQLType());
  const actual = plainType(shown);
  if (declared.endsWith("[]") || actual.endsWith("[]"))
    return declared.endsWith("[]") === actual.endsWith("[]");
  return declared === actual || sameTypes.some((names) => names.includes(declared) && names.includes(actual));
}

/** Without precision and length. */
function plainType(type: string): string {
  const plain = type.replace(/\s*\([^)]*\)/g, "").toLowerCase();
  return plain.replace(/(\[\d*\])+$/, "[]");
}

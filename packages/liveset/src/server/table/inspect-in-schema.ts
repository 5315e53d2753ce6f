import type { Table } from "drizzle-orm";
import { inspectRelations } from "./inspect-relations.ts";
import { inspectTable } from "./inspect-table.ts";
import type { TableInfo } from "./table-info.ts";

/** A user's schema: Drizzle tables, and their `relations(…)`, by any names. Other values are ignored. */
export type Schema = Readonly<Record<string, unknown>>;

/** A relation must lead to the very table that another resource of the same schema exposes; this is no state, only the same answer to the same question. */
const inspected = new WeakMap<Schema, Map<Table, TableInfo>>();

/**
 * What the server needs to know of a Drizzle table and its relations. The same table of the same schema gives the same
 * object.
 *
 * @throws TypeError as `inspectTable` does, where the schema does not hold the table, and for a relation of it that cannot be
 * resolved or used, naming that.
 */
export function inspectInSchema(table: Table, schema: Schema): TableInfo {
  const tables = inspected.get(schema) ?? new Map<Table, TableInfo>();
  inspected.set(schema, tables);
  const known = tables.get(table);
  if (known !== undefined) return known;
  const info = inspectTable(table);
  const relations = inspectRelations(info, schema, (target) => inspectInSchema(target, schema));
  const related: TableInfo = { ...info, relations };
  tables.set(table, related);
  return related;
}

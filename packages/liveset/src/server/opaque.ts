import type { SQL, Table } from "drizzle-orm";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import type { OpaquePredicate } from "../core/query/predicate.ts";
import { tableName } from "./table/table-name.ts";

/** A condition in SQL for a scope or a check. Made by `opaque`. */
export class OpaqueSql {
  readonly sql: SQL;
  readonly tables: readonly string[];
  readonly text: string;

  constructor(sql: SQL, tables: readonly string[]) {
    this.sql = sql;
    this.tables = tables;
    this.text = textOf(sql);
  }

  toPredicate(): OpaquePredicate {
    return { op: "opaque", sql: this.sql, tables: this.tables, text: this.text };
  }
}

/**
 * A condition in your own SQL, for a scope or a check that no relation and no lookup can say. It speaks of the resource's
 * table by its own name, and stands under `sql`, alone or beside other conditions; inside a relation it cannot stand. Only the
 * database can decide it, so it costs a live list more than other conditions do.
 *
 * @param condition Drizzle SQL that is true, false or NULL. Values in it become bound parameters.
 * @param options.tables All tables that it reads, the resource's own included where it does: whatever else it depends on is
 * not noticed when it changes.
 * @throws TypeError where no table is named, and for a placeholder, which nothing would fill.
 *
 * @example
 * ```ts
 * import { sql } from "drizzle-orm";
 * import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
 * import { opaque, resource } from "liveset";
 *
 * const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull() });
 * export const shortTasks = resource(tasks, {
 *   scope: () => ({ sql: opaque(sql`length(${tasks.text}) <= ${40}`, { tables: [tasks] }) }),
 * });
 * ```
 */
export function opaque(condition: SQL, options: { readonly tables: readonly Table[] }): OpaqueSql {
  const tables = [...new Set(options.tables.map(tableName))].sort();
  if (tables.length === 0) throw new TypeError("opaque() needs the tables that its SQL reads.");
  return new OpaqueSql(condition, tables);
}

/** SQL and parameters, so that equal conditions share one text and others never do. Values of different types differ. */
function textOf(condition: SQL): string {
  const { sql, params } = new SQLiteSyncDialect().sqlToQuery(condition);
  return JSON.stringify([sql, params.map(parameterText)]);
}

function parameterText(value: unknown): readonly [type: string, text: string] {
  if (value === null) return ["null", ""];
  if (value instanceof Uint8Array) return ["bytes", value.join(",")];
  switch (typeof value) {
    case "number":
      return ["number", Object.is(value, -0) ? "-0" : String(value)];
    case "string":
    case "bigint":
    case "boolean":
      return [typeof value, String(value)];
    default:
      throw new TypeError(
        "The SQL of opaque() has a parameter that is no value of a database: a placeholder, or an object.",
      );
  }
}

import {
  createTableRelationsHelpers,
  type Column as DrizzleColumn,
  type Relation as DrizzleRelation,
  Table as DrizzleTable,
  extractTablesRelationalConfig,
  getTableColumns,
  getTableName,
  getTableUniqueName,
  is,
  normalizeRelation,
  One,
  Relations,
  type Table,
  type TablesRelationalConfig,
} from "drizzle-orm";
import { columnKindOf } from "./column-kind-of.ts";
import type { TableInfo, TableRelation } from "./table-info.ts";

/** Names that a condition gives another meaning, and those that are never a property's. */
const reserved: ReadonlySet<string> = new Set([
  "AND",
  "OR",
  "NOT",
  "sql",
  "__proto__",
  "constructor",
  "prototype",
]);

/**
 * The relations of a table, found by Drizzle's own rules. `inspect` gives what a related table is; it is called when a
 * relation is followed, because tables lead to each other in circles.
 *
 * @throws TypeError where the schema does not hold the table, and for a relation that cannot be resolved or used, naming it.
 */
export function inspectRelations(
  { table, columns }: TableInfo,
  schema: Readonly<Record<string, unknown>>,
  inspect: (table: Table) => TableInfo,
): ReadonlyMap<string, TableRelation> {
  const { tables, tableNamesMap } = extractTablesRelationalConfig<TablesRelationalConfig>(
    withoutDoubles(schema),
    createTableRelationsHelpers,
  );
  const config = tables[tableNamesMap[getTableUniqueName(table)] ?? ""];
  if (config === undefined)
    throw new TypeError(`The schema does not hold the table "${getTableName(table)}".`);
  return new Map(
    Object.entries(config.relations).map(([name, relation]) => {
      const where = `The relation "${name}" of the table "${getTableName(table)}"`;
      if (columns.has(name)) throw new TypeError(`${where} has the name of a column.`);
      if (reserved.has(name) || name.includes("__") || name.includes("."))
        throw new TypeError(`${where} has a name that a condition cannot use.`);
      const joined = joinOf(where, () => normalizeRelation(tables, tableNamesMap, relation));
      return [name, inspectRelation(where, name, relation, joined, inspect)];
    }),
  );
}

/** A table that a schema exports twice would have its relations under one of its names only. */
function withoutDoubles(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const seen = new Set<unknown>();
  return Object.fromEntries(
    Object.entries(schema).filter(([, value]) => {
      if (seen.has(value) || !(is(value, DrizzleTable) || is(value, Relations))) return false;
      seen.add(value);
      return true;
    }),
  );
}

interface Joined {
  readonly fields: readonly DrizzleColumn[];
  readonly references: readonly DrizzleColumn[];
}

function joinOf(where: string, find: () => Joined): Joined {
  try {
    return find();
  } catch (fault) {
    throw new TypeError(
      `${where} cannot be resolved: ${fault instanceof Error ? fault.message : String(fault)}`,
    );
  }
}

function inspectRelation(
  where: string,
  name: string,
  relation: DrizzleRelation,
  { fields, references }: Joined,
  inspect: (table: Table) => TableInfo,
): TableRelation {
  const { sourceTable, referencedTable } = relation;
  if (fields.length === 0 || fields.length !== references.length)
    throw new TypeError(`${where} joins ${fields.length} columns with ${references.length}.`);
  for (const [index, field] of fields.entries()) {
    const [here, there] = [columnKindOf(field), kindOf(references[index])];
    // Values of different kinds are equal for a database by rules of its own.
    if (here !== there || here === "json" || here === "opaque") {
      const what = `"${field.name}" (${here}) and "${references[index]?.name}" (${there})`;
      throw new TypeError(`${where} joins the columns ${what}, which cannot be compared.`);
    }
  }
  return {
    name,
    kind: is(relation, One) ? "one" : "many",
    target: () => inspect(referencedTable),
    from: fields.map((column) => propertyOf(where, sourceTable, column)),
    to: references.map((column) => propertyOf(where, referencedTable, column)),
  };
}

function kindOf(column: DrizzleColumn | undefined): string {
  return column === undefined ? "nothing" : columnKindOf(column);
}

function propertyOf(where: string, table: Table, column: DrizzleColumn): string {
  const found = Object.entries(getTableColumns(table)).find(([, own]) => own === column);
  if (found === undefined)
    throw new TypeError(
      `${where} joins the column "${column.name}", which the table "${getTableName(table)}" does not have.`,
    );
  return found[0];
}

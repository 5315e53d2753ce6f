import { aliasedTableColumn, is, SQL, sql } from "drizzle-orm";
import type { Predicate, Related } from "../../core/query/predicate.ts";
import type { TableColumn, TableInfo } from "../table/table-info.ts";
import type { Bind } from "./bindings.ts";
import { comparable, printComparison, type SqlDialect } from "./print-comparison.ts";

/** A table in the query: its own, or one inside a subquery, which has another name there. */
interface Place {
  readonly info: TableInfo;
  readonly dialect: SqlDialect;
  /** How many subqueries it is inside of. */
  readonly depth: number;
  readonly bind: Bind | null;
}

/**
 * A predicate as SQL with bound parameters, for a query of the table under its own name. It selects the rows that
 * `compilePredicate` says true of, where that can tell; a relation is a subquery.
 *
 * @param bind prints the operands of the lookups that `isBound` names, in their order in the predicate; each is a
 * parameter where it is left out
 * @throws TypeError for a column or a relation that the table does not have.
 */
export function printPredicate(
  predicate: Predicate,
  info: TableInfo,
  dialect: SqlDialect,
  bind: Bind | null = null,
): SQL {
  return print(predicate, { info, dialect, depth: 0, bind });
}

function print(predicate: Predicate, place: Place): SQL {
  switch (predicate.op) {
    case "true":
      return sql`1 = 1`;
    case "false":
      return sql`1 = 0`;
    case "not":
      return sql`not (${print(predicate.of, place)})`;
    case "and":
      return join(
        predicate.of.map((child) => print(child, place)),
        sql` and `,
        sql`1 = 1`,
      );
    case "or":
      return join(
        predicate.of.map((child) => print(child, place)),
        sql` or `,
        sql`1 = 0`,
      );
    case "compare":
      return printComparison(predicate, columnOf(place, predicate.column), place.dialect, place.bind);
    case "related":
      return printRelated(predicate, place);
    case "opaque":
      if (place.depth > 0 || !is(predicate.sql, SQL))
        throw new TypeError(
          "SQL in a predicate stands on the predicate's own table and is made by opaque().",
        );
      return sql`(${predicate.sql})`;
    default:
      return predicate satisfies never;
  }
}

/** Joined by halves: a chain of a thousand would be deeper than SQLite's parser allows. */
function join(parts: readonly SQL[], separator: SQL, empty: SQL): SQL {
  const [only] = parts;
  if (only === undefined) return empty;
  if (parts.length === 1) return only;
  const middle = parts.length >> 1;
  const left = join(parts.slice(0, middle), separator, empty);
  const right = join(parts.slice(middle), separator, empty);
  return sql`(${left}${separator}${right})`;
}

/**
 * The related table has a name by its depth, so that it may be the same table as any outer one. Side by side, subqueries do
 * not see each other.
 */
function printRelated({ relation, quantifier, of }: Related, outer: Place): SQL {
  const declared = outer.info.relations.get(relation.name);
  if (declared === undefined)
    throw new TypeError(`The table "${outer.info.name}" has no relation "${relation.name}".`);
  const inner: Place = { ...outer, info: declared.target(), depth: outer.depth + 1 };
  const pairs = relation.to.map((to, index) => {
    const held = columnOf(inner, to);
    const sought = columnOf(outer, relation.from[index] ?? "");
    return printJoin(held, sought, outer.dialect);
  });
  const exists = quantifier === "some" ? sql`exists` : sql`not exists`;
  const table = sql`${inner.info.table} as ${sql.identifier(aliasOf(inner))}`;
  const where = join([...pairs, ...(of.op === "true" ? [] : [print(of, inner)])], sql` and `, sql`1 = 1`);
  return sql`${exists} (select 1 from ${table} where ${where})`;
}

/** PostgreSQL uses an index for columns of one type as they are only, and equality knows no order. */
function printJoin(held: TableColumn, sought: TableColumn, dialect: SqlDialect): SQL {
  if (dialect === "postgres" && held.drizzle.getSQLType() === sought.drizzle.getSQLType())
    return sql`${held.drizzle} = ${sought.drizzle}`;
  return sql`${comparable(held, dialect)} = ${comparable(sought, dialect)}`;
}

/** No name that a user would give a table. */
function aliasOf({ depth }: Place): string {
  return `liveset:${depth}`;
}

/** A column by the name that its table has in the query. */
function columnOf(place: Place, name: string): TableColumn {
  const { info, depth } = place;
  const column = info.columns.get(name);
  if (column === undefined) throw new TypeError(`The table "${info.name}" has no column "${name}".`);
  return depth === 0 ? column : { ...column, drizzle: aliasedTableColumn(column.drizzle, aliasOf(place)) };
}

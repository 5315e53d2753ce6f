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
  /** Whether related rows are looked for first: not inside of a negation, where NULL and false are not the same. */
  readonly relatedFirst: boolean;
}

/**
 * A predicate as SQL with bound parameters, for a query of the table under its own name. It selects the rows that
 * `compilePredicate` says true of, where that can tell; a relation is a subquery.
 *
 * @param bind prints the operands of the lookups that `isBound` names, in their order in the predicate; each is a
 * parameter where it is left out
 * @param relatedFirst for SQLite, where few rows of many fulfil a predicate across relations: the related rows are found first,
 * and lead to the rows by an index. Else it looks at each row whether it has related ones. PostgreSQL finds out what is better
 * @throws TypeError for a column or a relation that the table does not have.
 */
export function printPredicate(
  predicate: Predicate,
  info: TableInfo,
  dialect: SqlDialect,
  bind: Bind | null = null,
  relatedFirst = false,
): SQL {
  return print(predicate, {
    info,
    dialect,
    depth: 0,
    bind,
    relatedFirst: relatedFirst && dialect === "sqlite",
  });
}

function print(predicate: Predicate, place: Place): SQL {
  switch (predicate.op) {
    case "true":
      return sql`1 = 1`;
    case "false":
      return sql`1 = 0`;
    case "not":
      return sql`not (${print(predicate.of, { ...place, relatedFirst: false })})`;
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
  const isFirst = outer.relatedFirst && quantifier === "some";
  const inner: Place = {
    ...outer,
    info: declared.target(),
    depth: outer.depth + 1,
    relatedFirst: isFirst,
  };
  const pairs = relation.to.map(
    (to, index) => [columnOf(outer, relation.from[index] ?? ""), columnOf(inner, to)] as const,
  );
  const inside = of.op === "true" ? [] : [print(of, inner)];
  const table = sql`${inner.info.table} as ${sql.identifier(aliasOf(inner))}`;
  const select = (what: SQL, conditions: readonly SQL[]): SQL =>
    sql`(select ${what} from ${table} where ${join(conditions, sql` and `, sql`1 = 1`)})`;
  if (isFirst) {
    const sought = pairs.map(([from]) => comparable(from, outer.dialect));
    const held = pairs.map(([, to]) => comparable(to, outer.dialect));
    return sql`(${sql.join(sought, sql`, `)}) in ${select(sql.join(held, sql`, `), inside)}`;
  }
  const joins = pairs.map(([from, to]) => printJoin(to, from, outer.dialect));
  const exists = quantifier === "some" ? sql`exists` : sql`not exists`;
  return sql`${exists} ${select(sql`1`, [...joins, ...inside])}`;
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

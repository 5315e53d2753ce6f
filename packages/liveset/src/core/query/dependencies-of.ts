import { columnsOf } from "./columns-of.ts";
import type { Predicate, Relation } from "./predicate.ts";

/** A table whose changes may alter which rows of another one a predicate selects. */
export interface Dependency {
  /** Name in the database. It may be that of the predicate's own table. */
  readonly table: string;
  /**
   * The relations from the predicate's own table to this one, outermost first. Null where the way is not known, because the
   * predicate has a part in SQL: any change may concern all rows.
   */
  readonly path: readonly Relation[] | null;
  /** What the predicate asks of this table's rows: a change of one that fulfils it neither before nor after concerns nobody. */
  readonly of: Predicate;
  /** Columns of this table that matter: what the predicate reads there, and those by which rows are related. Null: any. */
  readonly columns: ReadonlySet<string> | null;
}

/** What a predicate depends on beside the row itself: one entry for each relation that it crosses, the nested ones behind their outer one, and one for each table of a part in SQL. */
export function dependenciesOf(predicate: Predicate): readonly Dependency[] {
  return collect(predicate, []);
}

function collect(predicate: Predicate, path: readonly Relation[]): readonly Dependency[] {
  switch (predicate.op) {
    case "true":
    case "false":
    case "compare":
      return [];
    case "not":
      return collect(predicate.of, path);
    case "and":
    case "or":
      return predicate.of.flatMap((child) => collect(child, path));
    case "related": {
      const { relation, of } = predicate;
      const inner = [...path, relation];
      const read = columnsOf(of);
      const columns = read === null ? null : new Set([...relation.to, ...read]);
      return [{ table: relation.table, path: inner, of, columns }, ...collect(of, inner)];
    }
    case "opaque":
      return predicate.tables.map((table) => ({ table, path: null, of: { op: "true" }, columns: null }));
    default:
      return predicate satisfies never;
  }
}

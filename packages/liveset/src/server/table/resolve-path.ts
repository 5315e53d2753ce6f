import { mostRelations } from "../../core/query/where-rules.ts";
import type { TableColumn, TableInfo, TableRelation } from "./table-info.ts";

/** A column of a table, or of one that relations lead to. */
export interface ResolvedPath {
  /** Outermost first; empty for the table's own column. */
  readonly relations: readonly TableRelation[];
  readonly column: TableColumn;
}

/** What a path such as `list.ownerId` means: relations, then a column. Null where there is no such thing, or too far away. */
export function resolvePath(info: TableInfo, path: string): ResolvedPath | null {
  const own = info.columns.get(path);
  if (own !== undefined) return { relations: [], column: own };
  const names = path.split(".");
  const last = names.pop() ?? "";
  if (names.length > mostRelations) return null;
  const relations: TableRelation[] = [];
  let table = info;
  for (const name of names) {
    const relation = table.relations.get(name);
    if (relation === undefined) return null;
    relations.push(relation);
    table = relation.target();
  }
  const column = table.columns.get(last);
  return column === undefined ? null : { relations, column };
}

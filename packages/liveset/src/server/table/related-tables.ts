import { mostRelations } from "../../core/query/where-rules.ts";
import type { TableInfo } from "./table-info.ts";

/**
 * A table and all those that a condition on it can lead to, each once, itself first.
 *
 * @throws TypeError where one of them, or a relation of one, cannot be used.
 */
export function relatedTables(info: TableInfo): readonly TableInfo[] {
  const found = new Set([info]);
  let newest: readonly TableInfo[] = [info];
  for (let step = 0; step < mostRelations; step++) {
    const reached = newest.flatMap(({ relations }) => [...relations.values()].map(({ target }) => target()));
    newest = [...new Set(reached)].filter((table) => !found.has(table));
    for (const table of newest) found.add(table);
  }
  return [...found];
}

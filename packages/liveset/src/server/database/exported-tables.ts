import { is, Table } from "drizzle-orm";

/** The tables that a module exports, themselves or in an api made by `defineApi`, each once. */
export function exportedTables(module: Readonly<Record<string, unknown>>): readonly Table[] {
  return [...new Set(Object.values(module).flatMap(tablesOf))];
}

function tablesOf(exported: unknown): Table[] {
  if (is(exported, Table)) return [exported];
  if (typeof exported !== "object" || exported === null || !("resources" in exported)) return [];
  return Object.values(exported.resources ?? {}).flatMap((resource: unknown) =>
    typeof resource === "object" && resource !== null && "table" in resource && is(resource.table, Table)
      ? [resource.table]
      : [],
  );
}

import type { Api } from "./api.ts";
import { isSafeName } from "./check-declaration.ts";
import { childrenOf } from "./children-of.ts";
import { compileNesting } from "./compile-nesting.ts";
import { compileResource } from "./compile-resource.ts";
import type { CompiledResource } from "./compiled-resource.ts";
import { parentsOf } from "./parents-of.ts";
import type { Resource } from "./resource.ts";

/**
 * Joins resources into an API and checks their declarations at once.
 *
 * @throws Error with one line for each fault, naming the resource and the field: an unknown or hidden column, a lookup that
 * the column does not allow, a name that is taken or cannot stand in a URL, two resources with one model label,
 * what is no resource or has no Drizzle table.
 *
 * @example
 * ```ts
 * import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
 * import { defineApi, resource } from "liveset";
 *
 * const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull() });
 * export const api = defineApi({ tasks: resource(tasks, { filters: ["text"], orderBy: ["id"] }) });
 * ```
 */
export function defineApi<const R extends Readonly<Record<string, Resource>>>(resources: R): Api<R> {
  const faults: string[] = [];
  const compiled = new Map<string, CompiledResource>();
  const models = new Map<string, string>();
  for (const [name, declared] of Object.entries(resources)) {
    if (!isSafeName(name))
      faults.push(`Resource "${name}": a name consists of letters, digits, "-" and "_".`);
    if (!isResource(declared)) {
      faults.push(`Resource "${name}": expected what resource(table, …) returns.`);
      continue;
    }
    const model = declared.options.model ?? name;
    const other = models.get(model);
    if (other !== undefined)
      faults.push(`Resource "${name}": the model label "${model}" is that of "${other}".`);
    models.set(model, name);
    try {
      compiled.set(name, compileResource(name, declared));
    } catch (fault) {
      const text = fault instanceof Error ? fault.message : String(fault);
      faults.push(text.startsWith("Resource ") ? text : `Resource "${name}": ${text}`);
    }
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
  compileNesting(compiled);
  for (const resource of compiled.values()) {
    parentsOf(compiled, resource);
    childrenOf(compiled, resource);
  }
  return { resources: Object.freeze({ ...resources }) };
}

/** Whoever does not compile may give anything. */
function isResource(declared: unknown): boolean {
  return typeof declared === "object" && declared !== null && "table" in declared && "options" in declared;
}

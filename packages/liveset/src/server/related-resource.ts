import type { CompiledResource } from "./compiled-resource.ts";
import type { TableInfo, TableRelation } from "./table/table-info.ts";

/** A relation, and the resource that shows the rows it leads to. */
export interface RelatedResource {
  readonly relation: TableRelation;
  readonly child: CompiledResource;
}

/**
 * The relation of a table that an option names.
 *
 * @throws Error with the rest of a sentence that began with the name, where there is none.
 */
export function relationNamed(info: TableInfo, name: string): TableRelation {
  const relation = info.relations.get(name);
  if (relation !== undefined) return relation;
  const names = [...info.relations.keys()].join(", ") || "none, for which the option schema is needed";
  throw new Error(`which is not a relation of the table "${info.name}"; its relations: ${names}.`);
}

/**
 * The resource that shows the rows behind a relation.
 *
 * @param chosen its name, where an option says it
 * @throws Error with the rest of a sentence that began with the relation's name, where there is none, or several, or it does not
 * offer list.
 */
export function resourceBehind(
  resources: ReadonlyMap<string, CompiledResource>,
  relation: TableRelation,
  chosen: string | undefined,
): CompiledResource {
  const target = relation.target();
  const able = [...resources.values()].filter((other) => other.info.table === target.table);
  const names = able.map((other) => other.name).join(", ");
  const [child, ...others] = chosen === undefined ? able : able.filter(({ name }) => name === chosen);
  if (child === undefined) {
    throw new Error(
      chosen === undefined
        ? `but no resource shows the table "${target.name}".`
        : `but "${chosen}" is not a resource of the table "${target.name}"; there are: ${names || "none"}.`,
    );
  }
  if (others.length > 0)
    throw new Error(`whose rows several resources show (${names}): say which by { resource }.`);
  if (!child.operations.has("list")) throw new Error(`but the resource "${child.name}" does not offer list.`);
  return child;
}

import type { CompiledResource } from "./compiled-resource.ts";
import type { TableRelation } from "./table/table-info.ts";

/** A relation that is nested, and the resource that shows its rows. */
export interface NestedResource {
  readonly relation: TableRelation;
  readonly child: CompiledResource;
}

/**
 * What a resource nests under a name that its `with` declares.
 *
 * @throws Error with a sentence that names the relation, where there is no such relation, no resource that shows its rows, or several.
 */
export function nestedResource(
  resources: ReadonlyMap<string, CompiledResource>,
  { name: own, info, options }: CompiledResource,
  name: string,
): NestedResource {
  const fault = (what: string): Error => new Error(`Resource "${own}": with names "${name}", ${what}`);
  const relation = info.relations.get(name);
  if (relation === undefined) {
    const names = [...info.relations.keys()].join(", ") || "none, for which the option schema is needed";
    throw fault(`which is not a relation of the table "${info.name}"; its relations: ${names}.`);
  }
  if (Object.hasOwn(options.computed ?? {}, name)) throw fault("which is the name of a computed field.");
  const target = relation.target();
  const able = [...resources.values()].filter((other) => other.info.table === target.table);
  const names = able.map((other) => other.name).join(", ");
  const declared = options.with?.[name];
  const chosen = typeof declared === "object" ? declared.resource : undefined;
  const [child, ...others] = chosen === undefined ? able : able.filter((other) => other.name === chosen);
  if (child === undefined) {
    throw chosen === undefined
      ? fault(`but no resource shows the table "${target.name}".`)
      : fault(
          `but "${chosen}" is not a resource of the table "${target.name}"; there are: ${names || "none"}.`,
        );
  }
  if (others.length > 0)
    throw fault(`whose rows several resources show (${names}): say which by { resource }.`);
  if (!child.operations.has("list")) throw fault(`but the resource "${child.name}" does not offer list.`);
  return { relation, child };
}

import type { CompiledResource } from "./compiled-resource.ts";
import { relationNamed, resourceBehind } from "./related-resource.ts";

/** The rows that have those of a resource as their children. */
export interface ParentRelation {
  readonly resource: CompiledResource;
  /** Columns of the child that have the parent's key, in the order of its columns. */
  readonly columns: readonly string[];
}

/**
 * The parents that a resource declares.
 *
 * @throws Error with a sentence that names the relation, where there is none, it leads to many rows, or not to a resource's key.
 */
export function parentsOf(
  resources: ReadonlyMap<string, CompiledResource>,
  resource: CompiledResource,
): readonly ParentRelation[] {
  return Object.entries(resource.options.parents ?? {}).map(([name, declared]) => {
    try {
      return parentOf(resources, resource, name, declared === true ? undefined : declared.resource);
    } catch (fault) {
      const why = fault instanceof Error ? fault.message : String(fault);
      throw new Error(`Resource "${resource.name}": parents names "${name}", ${why}`);
    }
  });
}

function parentOf(
  resources: ReadonlyMap<string, CompiledResource>,
  { info }: CompiledResource,
  name: string,
  chosen: string | undefined,
): ParentRelation {
  const relation = relationNamed(info, name);
  if (relation.kind === "many") throw new Error("which leads to many rows: a parent is one.");
  const resource = resourceBehind(resources, relation, chosen);
  const columns = resource.info.key.map((column) => relation.from[relation.to.indexOf(column)]);
  if (relation.to.length !== columns.length || columns.includes(undefined)) {
    throw new Error(`which does not lead to the key of "${resource.name}".`);
  }
  return { resource, columns: columns.filter((column) => column !== undefined) };
}

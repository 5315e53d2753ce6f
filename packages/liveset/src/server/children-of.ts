import type { CompiledResource } from "./compiled-resource.ts";
import { type RelatedResource, relationNamed, resourceBehind } from "./related-resource.ts";
import type { ChildRelation } from "./resource.ts";

/** A part of a field of children: the rows behind one relation, as their resource shows them. */
export interface ChildPart extends RelatedResource {
  /** What each key begins with. */
  readonly prefix: string;
}

/** The fields of a resource's children, each with its parts in their order. */
export type ChildFields = ReadonlyMap<string, readonly ChildPart[]>;

type Compiled = ReadonlyMap<string, CompiledResource>;

/**
 * The fields of children that a resource declares.
 *
 * @throws Error with a sentence that names the field, and the relation that cannot be used.
 */
export function childrenOf(resources: Compiled, resource: CompiledResource): ChildFields {
  const fields = Object.entries(resource.options.children ?? {}).map(([field, declared]) => {
    const named: readonly ChildRelation[] = declared === true ? [{ relation: field }] : [declared].flat();
    const fault = (what: string): Error =>
      new Error(`Resource "${resource.name}": children.${field} ${what}`);
    const shown = [...resource.projection.fields, ...resource.projection.computed];
    if (shown.includes(field)) throw fault("is the name of a field.");
    if (named.length === 0) throw fault("names no relation.");
    const parts = named.map((one) => {
      try {
        return partOf(resources, resource, one);
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        throw fault(`names "${one.relation}", ${why}`);
      }
    });
    if (new Set(parts.map(({ prefix }) => prefix)).size < parts.length)
      throw fault("has several relations with one prefix: their keys could not be told apart.");
    return [field, parts] as const;
  });
  return new Map(fields);
}

function partOf(
  resources: Compiled,
  { info }: CompiledResource,
  { relation: name, resource, prefix = "" }: ChildRelation,
): ChildPart {
  const relation = relationNamed(info, name);
  if (relation.kind === "one") throw new Error("which leads to one row: children are many.");
  return { relation, child: resourceBehind(resources, relation, resource), prefix };
}

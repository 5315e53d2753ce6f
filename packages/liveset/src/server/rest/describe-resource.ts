import type { Json } from "../../core/json.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { NestedResource } from "../nested-resource.ts";
import type { Runtime } from "../runtime.ts";

/** The declaration of a resource as callers may know it: the answer to OPTIONS. Hidden columns are not in it. */
export function describeResource({ nested, children, limits }: Runtime, resource: CompiledResource): Json {
  const { info, options } = resource;
  return {
    name: resource.name,
    operations: [...resource.operations],
    key: info.key,
    fields: Object.fromEntries([
      ...resource.fields.map((name) => [name, describeField(resource, name)] as const),
      ...Object.keys(options.computed ?? {}).map(
        (name) => [name, { kind: "computed", readOnly: true }] as const,
      ),
    ]),
    filters: Object.fromEntries([...resource.filters].map(([name, lookups]) => [name, [...lookups]])),
    search: options.search ?? [],
    orderBy: [...resource.sortable],
    params: Object.keys(options.params ?? {}),
    with: Object.fromEntries(
      [...(nested.get(resource.name) ?? [])].map(
        ([name, each]) => [name, describeNested(each, limits.pageSize)] as const,
      ),
    ),
    byIds: resource.operations.has("retrieve"),
    children: Object.fromEntries(
      [...(children.get(resource.name) ?? [])].map(
        ([field, parts]) =>
          [field, parts.map(({ child, prefix }) => ({ resource: child.name, prefix }))] as const,
      ),
    ),
    actions: Object.fromEntries(
      Object.entries(options.actions ?? {}).map(([name, { detail }]) => [name, { detail }]),
    ),
    pageSize: resource.pageSize,
    maxPageSize: resource.maxPageSize,
  };
}

function describeField({ info, options }: CompiledResource, name: string): Json {
  const column = info.columns.get(name);
  if (column === undefined) return {};
  const readOnly = column.generated || (options.readOnly?.includes(name) ?? false);
  return {
    kind: column.kind,
    nullable: column.nullable,
    readOnly,
    required: !readOnly && !column.nullable && !column.hasDefault,
  };
}

/** What may be asked of nested rows beside this, the resource that shows them says. */
function describeNested({ relation, child, always, fields, limit }: NestedResource, most: number): Json {
  const shown = { resource: child.name, many: relation.kind === "many", always, fields };
  if (!shown.many) return shown;
  return { ...shown, limit, maxLimit: Math.min(limit ?? child.maxPageSize, most) };
}

import type { Json } from "../../core/json.ts";
import type { CompiledResource } from "../compiled-resource.ts";

/** The declaration of a resource as callers may know it: the answer to OPTIONS. Hidden columns are not in it. */
export function describeResource(resource: CompiledResource): Json {
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

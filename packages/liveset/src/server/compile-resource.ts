import type { Lookup } from "../core/query/lookup.ts";
import { lookupsOfKind } from "../core/query/lookups-of-kind.ts";
import type { Order } from "../core/query/order.ts";
import { parseOrderTerm, totalOrder } from "../core/query/parse-order.ts";
import type { RelatedField, RelatedFields } from "../core/query/related-fields.ts";
import { checkDeclaration, defaultMaxPageSize, filterEntries, urlNameOf } from "./check-declaration.ts";
import { columnSchemaOf } from "./column-schema.ts";
import type { CompiledResource } from "./compiled-resource.ts";
import { projectionOf } from "./operation/projection.ts";
import { rowByKey } from "./operation/row-by-key.ts";
import { updateByKey } from "./operation/update-by-key.ts";
import { operations } from "./operation-names.ts";
import type { AnyResourceOptions, Resource } from "./resource.ts";
import { inspectInSchema } from "./table/inspect-in-schema.ts";
import { inspectTable } from "./table/inspect-table.ts";
import { relatedTables } from "./table/related-tables.ts";
import { resolvePath } from "./table/resolve-path.ts";
import type { TableInfo } from "./table/table-info.ts";

/**
 * Checks a declaration and puts all defaults in place. Needs no database.
 *
 * @throws Error with one line for each fault, naming the resource and the field.
 */
export function compileResource(name: string, { table, options }: Resource): CompiledResource {
  const { schema } = options;
  const info = schema === undefined ? inspectTable(table) : inspectInSchema(table, schema);
  const tables = relatedTables(info);
  const faults = checkDeclaration(info, options);
  if (faults.length > 0) throw new Error(faults.map((fault) => `Resource "${name}": ${fault}`).join("\n"));
  const fields = fieldsOf(info, options);
  const maxPageSize = options.maxPageSize ?? defaultMaxPageSize;
  return {
    name,
    model: options.model ?? name,
    info,
    options,
    operations: new Set(options.operations ?? operations),
    fields,
    visible: new Map([...info.columns].filter(([column]) => fields.includes(column))),
    caller: "",
    projection: projectionOf({ name, info, options, fields, caller: "" }),
    filters: new Map(
      filterEntries(options).map(([field, lookups]) => [field, lookupsFor(info, field, lookups)]),
    ),
    relatedFilters: relatedFilters(info, options),
    tables,
    sortable: new Set(options.orderBy ?? []),
    defaultOrder: defaultOrder(info, options),
    columnSchema: columnSchemaOf(table),
    pageSize: options.pageSize ?? Math.min(100, maxPageSize),
    maxPageSize,
    rowByKey: rowByKey(info),
    updateByKey: updateByKey(info),
  };
}

function fieldsOf(info: TableInfo, options: AnyResourceOptions): readonly string[] {
  const declared = options.fields ?? [...info.columns.keys()];
  return [...info.key.filter((column) => !declared.includes(column)), ...new Set(declared)];
}

function lookupsFor(info: TableInfo, field: string, declared: true | readonly string[]): ReadonlySet<Lookup> {
  const column = resolvePath(info, field)?.column;
  if (column === undefined) return new Set();
  return declared === true ? lookupsOfKind(column.kind) : new Set(declared as readonly Lookup[]);
}

function relatedFilters(info: TableInfo, options: AnyResourceOptions): RelatedFields {
  const fields = filterEntries(options).flatMap(([path]): [string, RelatedField][] => {
    const resolved = resolvePath(info, path);
    if (resolved === null || resolved.relations.length === 0) return [];
    return [[urlNameOf(path), { path: resolved.relations, column: resolved.column }]];
  });
  return new Map(fields);
}

function defaultOrder(info: TableInfo, options: AnyResourceOptions): Order {
  const declared = Object.entries(options.defaultOrder ?? {}).filter(([, value]) => value !== undefined);
  return totalOrder(
    declared.map(([column, value]) => parseOrderTerm(column, value)),
    info.key,
  );
}

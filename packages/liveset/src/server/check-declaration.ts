import { lookupsOfKind } from "../core/query/lookups-of-kind.ts";
import { readOrderTerm } from "../core/query/parse-order.ts";
import { mostRelations } from "../core/query/where-rules.ts";
import { operationNames } from "./operation-names.ts";
import { reservedQueryKeys } from "./reserved-query-keys.ts";
import type { AnyResourceOptions } from "./resource.ts";
import { resolvePath } from "./table/resolve-path.ts";
import type { TableInfo } from "./table/table-info.ts";

/** Names that stand in a URL's path and in an object's key without surprises. */
export const safeName: RegExp = /^[A-Za-z][A-Za-z0-9_-]*$/;
const unsafeNames: ReadonlySet<string> = new Set(["constructor", "prototype"]);

/** Whether a name may be that of a resource or an action. */
export function isSafeName(name: string): boolean {
  return safeName.test(name) && !unsafeNames.has(name);
}

/** What is wrong with a resource's options, as sentences; empty where nothing is. */
export function checkDeclaration(info: TableInfo, options: AnyResourceOptions): string[] {
  return [
    ...checkColumns(info, options),
    ...checkHidden(info, options),
    ...checkRelatedFilters(info, options),
    ...checkFilters(info, options),
    ...checkNames(info, options),
    ...checkPages(options),
  ];
}

function checkColumns(info: TableInfo, options: AnyResourceOptions): string[] {
  const used: readonly (readonly [string, readonly string[]])[] = [
    ["fields", options.fields ?? []],
    ["filters", filterColumns(options)],
    ["search", options.search ?? []],
    ["orderBy", options.orderBy ?? []],
    ["defaultOrder", Object.keys(options.defaultOrder ?? {})],
    ["readOnly", options.readOnly ?? []],
    ["lookupBy", options.lookupBy ?? []],
  ];
  return used.flatMap(([option, names]) =>
    names
      .filter((name) => !info.columns.has(name) && !(option === "filters" && name.includes(".")))
      .map((name) => `${option} names "${name}", which is not a column of the table "${info.name}".`),
  );
}

/** A hidden column that can be filtered, searched or sorted by gives its values away. */
function checkHidden(info: TableInfo, options: AnyResourceOptions): string[] {
  if (options.fields === undefined) return [];
  const shown = new Set([...options.fields, ...info.key]);
  const used: readonly (readonly [string, readonly string[]])[] = [
    ["filters", filterColumns(options)],
    ["search", options.search ?? []],
    ["orderBy", options.orderBy ?? []],
    ["defaultOrder", Object.keys(options.defaultOrder ?? {})],
    ["lookupBy", options.lookupBy ?? []],
  ];
  return used.flatMap(([option, names]) =>
    names
      .filter((name) => info.columns.has(name) && !shown.has(name))
      .map(
        (name) =>
          `${option} names "${name}", which is not among the fields: what is hidden is neither filtered nor sorted by.`,
      ),
  );
}

function checkRelatedFilters(info: TableInfo, options: AnyResourceOptions): string[] {
  const urlNames = new Set(info.columns.keys());
  return filterColumns(options).flatMap((path) => {
    if (info.columns.has(path) || !path.includes(".")) return [];
    if (resolvePath(info, path) === null) {
      const relations = [...info.relations.keys()].join(", ") || "none";
      return `filters names "${path}", which is not a column across at most ${mostRelations} relations of the table "${info.name}"; its relations: ${relations}.`;
    }
    const urlName = urlNameOf(path);
    if (urlNames.has(urlName)) return `filters names "${path}", whose name in a URL, "${urlName}", is taken.`;
    urlNames.add(urlName);
    return [];
  });
}

/** A path as a URL has it: `list__ownerId`. */
export function urlNameOf(path: string): string {
  return path.replaceAll(".", "__");
}

function checkFilters(info: TableInfo, options: AnyResourceOptions): string[] {
  const faults: string[] = [];
  for (const [name, declared] of filterEntries(options)) {
    const column = resolvePath(info, name)?.column;
    if (column === undefined) continue;
    const allowed = lookupsOfKind(column.kind);
    if (allowed.size === 0)
      faults.push(`filters names "${name}", but a column of kind ${column.kind} cannot be filtered by.`);
    else if (declared !== true) {
      for (const lookup of declared.filter((name) => !(allowed as ReadonlySet<string>).has(name))) {
        faults.push(
          `filters.${name} has the lookup "${lookup}", which a column of kind ${column.kind} does not allow.`,
        );
      }
    }
  }
  for (const name of options.search ?? []) {
    const column = info.columns.get(name);
    if (column !== undefined && column.kind !== "text")
      faults.push(`search names "${name}", which is of kind ${column.kind}, not text.`);
  }
  for (const [option, names] of [
    ["orderBy", options.orderBy ?? []],
    ["defaultOrder", Object.keys(options.defaultOrder ?? {})],
  ] as const) {
    for (const name of names) {
      const kind = info.columns.get(name)?.kind;
      if (kind === "json" || kind === "blob" || kind === "opaque")
        faults.push(`${option} names "${name}", but a column of kind ${kind} cannot be sorted by.`);
    }
  }
  for (const [name, value] of Object.entries(options.defaultOrder ?? {})) {
    if (value !== undefined && readOrderTerm(name, value) === null)
      faults.push(
        `defaultOrder.${name} must be "asc", "desc" or { direction: "asc" or "desc", nulls: "first" or "last" }.`,
      );
  }
  return faults;
}

function checkNames(info: TableInfo, options: AnyResourceOptions): string[] {
  const faults: string[] = [];
  const filterable = new Set(filterColumns(options));
  for (const name of Object.keys(options.params ?? {})) {
    if (reservedQueryKeys.has(name)) faults.push(`The param "${name}" has the name of a reserved query key.`);
    else if (filterable.has(name)) faults.push(`The param "${name}" has the name of a filter.`);
    else if (name.includes("__"))
      faults.push(`The param "${name}" looks like a filter: names of params have no "__".`);
  }
  for (const [name, declared] of Object.entries(options.actions ?? {})) {
    if (operationNames.has(name)) faults.push(`The action "${name}" has the name of an operation.`);
    else if (!isSafeName(name))
      faults.push(
        `The action "${name}" has a name that cannot stand in a URL: use letters, digits, "-" and "_".`,
      );
    if (declared.table !== info.table) faults.push(`The action "${name}" was declared for another table.`);
  }
  faults.push(...checkObservers(info, options));
  for (const name of Object.keys(options.computed ?? {})) {
    if (info.columns.has(name)) faults.push(`The computed field "${name}" has the name of a column.`);
  }
  return faults;
}

/** Actions that every stream of the dialect `dcrf` has beside the operations. */
const streamActions: ReadonlySet<string> = new Set([
  "list_cancel",
  "subscribe_instance",
  "unsubscribe_instance",
]);

function checkObservers(info: TableInfo, options: AnyResourceOptions): string[] {
  const taken = new Set([...operationNames, ...streamActions, ...Object.keys(options.actions ?? {})]);
  return Object.entries(options.observe ?? {}).flatMap(([name, { table, unsubscribe }]) => {
    const faults = [name, unsubscribe ?? `un${name}`].flatMap((action) => {
      if (!isSafeName(action))
        return [`The observer "${name}" has an action "${action}": use letters, digits, "-" and "_".`];
      if (taken.has(action)) return [`The observer "${name}" has an action "${action}", which is taken.`];
      taken.add(action);
      return [];
    });
    if (table !== info.table) faults.push(`The observer "${name}" was declared for another table.`);
    return faults;
  });
}

function checkPages(options: AnyResourceOptions): string[] {
  const faults: string[] = [];
  for (const option of ["pageSize", "maxPageSize"] as const) {
    const value = options[option];
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      faults.push(`${option} must be a whole number above 0.`);
  }
  if (options.pageSize !== undefined && options.pageSize > (options.maxPageSize ?? defaultMaxPageSize)) {
    faults.push(
      `pageSize (${options.pageSize}) is larger than maxPageSize (${options.maxPageSize ?? defaultMaxPageSize}).`,
    );
  }
  return faults;
}

/** Rows that a caller may ask for where a resource does not say. */
export const defaultMaxPageSize = 1000;

/** The declared filters as pairs of column (or path to one) and lookups; `true` for all that the column's kind allows. */
export function filterEntries(
  options: AnyResourceOptions,
): readonly (readonly [string, true | readonly string[]])[] {
  const declared = options.filters ?? [];
  return Array.isArray(declared)
    ? declared.map((name: string) => [name, true] as const)
    : Object.entries(declared as Readonly<Record<string, true | readonly string[] | undefined>>).flatMap(
        ([name, lookups]) => (lookups === undefined ? [] : [[name, lookups] as const]),
      );
}

function filterColumns(options: AnyResourceOptions): readonly string[] {
  return filterEntries(options).map(([name]) => name);
}

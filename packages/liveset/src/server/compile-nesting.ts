import { normalize } from "../core/query/normalize.ts";
import type { Order } from "../core/query/order.ts";
import { parseOrderTerm, totalOrder } from "../core/query/parse-order.ts";
import { parseWhere } from "../core/query/parse-where.ts";
import type { Predicate } from "../core/query/predicate.ts";
import type { CompiledResource } from "./compiled-resource.ts";
import { isPromiseLike } from "./is-promise-like.ts";
import type { NestedResource, NestedResources } from "./nested-resource.ts";
import { scopeRules } from "./operation/where-rules.ts";
import { relationNamed, resourceBehind } from "./related-resource.ts";
import type { NestingOptions } from "./relation-types.ts";
import type { TableRelation } from "./table/table-info.ts";

type Compiled = ReadonlyMap<string, CompiledResource>;

const known: ReadonlySet<string> = new Set(["resource", "always", "fields", "where", "orderBy", "limit"]);

/**
 * Checks what the resources nest and puts all defaults in place. Needs no database.
 *
 * @throws Error with one line for each fault, naming the resource and the relation.
 */
export function compileNesting(resources: Compiled): NestedResources {
  const faults: string[] = [];
  const nested = [...resources.values()].map((resource) => {
    const own = new Map<string, NestedResource>();
    for (const [name, declared] of Object.entries(resource.options.with ?? {})) {
      try {
        own.set(name, compileOne(resources, resource, name, declared === true ? {} : declared));
      } catch (fault) {
        const why = fault instanceof Error ? fault.message : String(fault);
        faults.push(`Resource "${resource.name}": with names "${name}", ${why}`);
      }
    }
    return [resource.name, own] as const;
  });
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return new Map(nested);
}

/** Throws with the rest of a sentence. */
function compileOne(
  resources: Compiled,
  resource: CompiledResource,
  name: string,
  options: NestingOptions,
): NestedResource {
  const relation = relationOf(resource, name);
  const unknown = Object.keys(options).find((option) => !known.has(option));
  if (unknown !== undefined) throw new Error(`whose "${unknown}" is no option: ${[...known].join(", ")}.`);
  const child = resourceBehind(resources, relation, options.resource);
  if (options.always === true) checkParams(child);
  return {
    relation,
    child,
    always: options.always ?? false,
    fields: fieldsOf(child, options),
    where: whereOf(child, options),
    order: orderOf(child, relation, options),
    limit: limitOf(child, relation, options),
  };
}

function relationOf({ info, options, fields }: CompiledResource, name: string): TableRelation {
  const relation = relationNamed(info, name);
  if (Object.hasOwn(options.computed ?? {}, name)) throw new Error("which is the name of a computed field.");
  if (fields.includes(name)) throw new Error("which is the name of a field.");
  return relation;
}

/** What nobody asks for cannot be given parameters. What a schema says later is said to the caller. */
function checkParams({ name, options }: CompiledResource): void {
  for (const [param, schema] of Object.entries(options.params ?? {})) {
    const result = schema["~standard"].validate(undefined);
    if (isPromiseLike(result) || result.issues === undefined) continue;
    throw new Error(`which is always shown, but the resource "${name}" needs the parameter "${param}".`);
  }
}

function fieldsOf({ name, info, projection }: CompiledResource, options: NestingOptions): readonly string[] {
  const all = [...projection.fields, ...projection.computed];
  if (options.fields === undefined) return all;
  const { fields } = options;
  const hidden = fields.find((field) => !all.includes(field));
  if (hidden !== undefined)
    throw new Error(
      `whose fields name "${hidden}", which the resource "${name}" does not show; it shows ${all.join(", ")}.`,
    );
  return all.filter((field) => fields.includes(field) || info.key.includes(field));
}

function whereOf({ info }: CompiledResource, { where }: NestingOptions): Predicate {
  if (where === undefined) return { op: "true" };
  try {
    return normalize(parseWhere(where as Readonly<Record<string, unknown>>, scopeRules(info)));
  } catch (fault) {
    throw new Error(
      `whose where is not a valid condition: ${fault instanceof Error ? fault.message : fault}`,
    );
  }
}

function orderOf(child: CompiledResource, { kind }: TableRelation, { orderBy }: NestingOptions): Order {
  if (orderBy === undefined) return child.defaultOrder;
  if (kind === "one") throw new Error("which leads to one row, so there is nothing to be ordered.");
  const terms = Object.entries(orderBy).map(([column, value]) => {
    const known = child.info.columns.get(column);
    if (known === undefined || !child.fields.includes(column))
      throw new Error(`whose orderBy names "${column}", which is not a column that "${child.name}" shows.`);
    if (known.kind === "json" || known.kind === "blob" || known.kind === "opaque")
      throw new Error(
        `whose orderBy names "${column}", but a column of kind ${known.kind} cannot be sorted by.`,
      );
    return parseOrderTerm(column, value);
  });
  return totalOrder(terms, child.info.key);
}

function limitOf(child: CompiledResource, { kind }: TableRelation, { limit }: NestingOptions): number | null {
  if (limit === undefined) return null;
  if (kind === "one") throw new Error("which leads to one row, so it has no limit.");
  if (!(Number.isSafeInteger(limit) && limit > 0))
    throw new Error("whose limit must be a whole number above 0.");
  if (limit > child.maxPageSize) {
    throw new Error(
      `whose limit (${limit}) is larger than the maxPageSize (${child.maxPageSize}) of "${child.name}".`,
    );
  }
  return limit;
}

import type { ResourceTypes } from "../core/api-types.ts";
import type { Nothing } from "../core/nothing.ts";
import type { Lookup } from "../core/query/lookup.ts";
import type { DeclaredWhere } from "../core/query/where.ts";

/** The conditions that a resource declares: on its own fields, and across relations. */
export type Filters<T extends ResourceTypes> = T["filters"] extends {
  readonly [K in keyof T["filterRow"]]?: Lookup;
}
  ? DeclaredWhere<T["filterRow"], T["filters"], RelatedFilters<T>>
  : never;

type RelatedFilters<T extends ResourceTypes> = T["relatedFilters"] extends object
  ? T["relatedFilters"]
  : Nothing;

import type { Order } from "../core/query/order.ts";
import type { Predicate } from "../core/query/predicate.ts";
import type { CompiledResource } from "./compiled-resource.ts";
import type { TableRelation } from "./table/table-info.ts";

/** How a resource nests the rows behind a relation: its declaration, checked and with all defaults in place. */
export interface NestedResource {
  readonly relation: TableRelation;
  /** The resource that shows the rows. */
  readonly child: CompiledResource;
  /** Whether they are shown without being asked for. */
  readonly always: boolean;
  /** The fields that may be shown here, those of the child or some of them. */
  readonly fields: readonly string[];
  /** What they fulfil here, beside the child's scope. */
  readonly where: Predicate;
  /** Their order where the caller gives none. */
  readonly order: Order;
  /** The most that a caller may ask for, and how many are shown where he does not say; null for all. */
  readonly limit: number | null;
}

/** What each resource nests: by its name, and by the relation's. */
export type NestedResources = ReadonlyMap<string, ReadonlyMap<string, NestedResource>>;

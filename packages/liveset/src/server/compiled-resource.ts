import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Columns } from "../core/query/column-kind.ts";
import type { Lookup } from "../core/query/lookup.ts";
import type { Order } from "../core/query/order.ts";
import type { RelatedFields } from "../core/query/related-fields.ts";
import type { Projection } from "./operation/projection.ts";
import type { RowByKey } from "./operation/row-by-key.ts";
import type { UpdateByKey } from "./operation/update-by-key.ts";
import type { AnyResourceOptions, Operation } from "./resource.ts";
import type { TableInfo } from "./table/table-info.ts";

/** A resource as the server runs it: its declaration, checked and with all defaults in place. Made once, by `compileResource`. */
export interface CompiledResource {
  readonly name: string;
  readonly model: string;
  readonly info: TableInfo;
  readonly options: AnyResourceOptions;
  readonly operations: ReadonlySet<Operation>;
  /** Columns that are shown, the key's first where it is not declared. */
  readonly fields: readonly string[];
  /** The same as columns: the only ones that callers hear of. */
  readonly visible: Columns;
  /** Of a resource as one caller sees it: two with the same text are shown the same. Empty where it does not depend on the caller. */
  readonly caller: string;
  /** How rows are shown where a caller chooses no fields: all of them, then the computed ones. */
  readonly projection: Projection;
  /** Lookups allowed per filterable column; one of a related table has its path, such as `list.ownerId`. */
  readonly filters: ReadonlyMap<string, ReadonlySet<Lookup>>;
  /** The filterable columns of related tables by their name in a URL, such as `list__ownerId`. */
  readonly relatedFilters: RelatedFields;
  /** All tables that a condition may read: its own first, then those that relations lead to. */
  readonly tables: readonly TableInfo[];
  readonly sortable: ReadonlySet<string>;
  readonly defaultOrder: Order;
  /** Checks values in Drizzle's form against their columns; all are optional. Made by drizzle-zod. */
  readonly columnSchema: StandardSchemaV1;
  readonly pageSize: number;
  readonly maxPageSize: number;
  /** Reads one row by key, whatever the scope. */
  readonly rowByKey: RowByKey;
  /** Writes values into one row, whatever the scope. */
  readonly updateByKey: UpdateByKey;
}

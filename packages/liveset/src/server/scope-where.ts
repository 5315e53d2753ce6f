import type { InferSelectModel, Table } from "drizzle-orm";
import type { WireValue } from "../core/api-types.ts";
import type { Where } from "../core/query/where.ts";
import type { OpaqueSql } from "./opaque.ts";
import type { RelatedWhere, SchemaModule } from "./relation-types.ts";

/** Property names of a table's columns. */
export type ColumnName<T extends Table> = keyof InferSelectModel<T> & string;

/** A row as Drizzle returns it. */
export type Row<T extends Table> = InferSelectModel<T>;

/** No schema: no relations. */
export type NoSchema = Readonly<Record<never, never>>;

/** A condition that the server writes: values as Drizzle has them, or in wire form; across relations; in SQL. */
export type ScopeWhere<T extends Table, S extends SchemaModule = NoSchema> = Where<
  { readonly [K in ColumnName<T>]: Row<T>[K] | WireValue<Row<T>[K]> },
  RelatedWhere<S, T["_"]["name"]> & { readonly sql?: OpaqueSql }
>;

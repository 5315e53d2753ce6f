import { getTableColumns, type Table } from "drizzle-orm";
import { createUpdateSchema } from "drizzle-zod";
import { z } from "zod";
import type { CompiledResource } from "./compiled-resource.ts";

/**
 * Checks values in Drizzle's form against their columns; all are optional. Made by drizzle-zod, but for what PostgreSQL holds and that
 * refuses: lists with NULL, `char(n)` without the spaces that fill it, `numeric` beyond eight bytes. A row that was read can be written.
 */
export function columnSchemaOf(table: Table): CompiledResource["columnSchema"] {
  const refined = Object.entries(getTableColumns(table)).flatMap(([name, column]) => {
    const refinement = refinementOf(column);
    return refinement === null ? [] : [[name, refinement] as const];
  });
  return makeSchema(table, Object.fromEntries(refined));
}

type Refinement = (schema: z.ZodType) => z.ZodType;

/** Of any table: its type by a table's own columns would be endless here. */
const makeSchema = createUpdateSchema as (
  table: Table,
  refine: Readonly<Record<string, Refinement>>,
) => CompiledResource["columnSchema"];

function refinementOf(column: Table["_"]["columns"][string]): Refinement | null {
  switch (column.columnType) {
    case "PgChar": {
      const { length } = column as { readonly length?: number };
      return () => (length === undefined ? z.string() : z.string().max(length));
    }
    case "PgArray":
      return (schema) =>
        schema instanceof z.ZodArray ? z.array((schema.element as z.ZodType).nullable()) : schema;
    case "PgNumericBigInt":
      return () => z.bigint();
    default:
      return null;
  }
}

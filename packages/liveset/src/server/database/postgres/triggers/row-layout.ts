import pg from "pg";
import { type Layout, layoutOf } from "../../../feed/layout.ts";
import type { DatabaseTable } from "../capture.ts";
import { driverValueOf } from "../driver-value.ts";

/** The object id of `text[]`. */
const textList: number = 1009;

/** The values of a row of the log: texts, in the order of the table's columns. */
export const decodeTexts: (image: string) => readonly (string | null)[] = pg.types.getTypeParser(
  textList,
  "text",
);

/** How rows of a table are read whose values are texts, as PostgreSQL writes them. */
export function rowLayout(table: DatabaseTable, onOdd: (column: string, error: unknown) => void): Layout {
  const layout = layoutOf(table.info, onOdd);
  const parsers = table.columns.map(({ type }) => driverValueOf(type));
  return {
    ...layout,
    toWire: (values) =>
      layout.toWire(
        values.map((value, i) => (typeof value === "string" ? (parsers[i]?.(value) ?? null) : value)),
      ),
  };
}

import type { WireRow } from "../json.ts";
import type { Columns } from "./column-kind.ts";
import { compareValues } from "./compare-values.ts";
import type { Order } from "./order.ts";
import type { Operand } from "./predicate.ts";

/**
 * A comparator of rows for `Array.sort`, equal to what the database's ORDER BY does: text by code point,
 * NULL first when ascending and last when descending. A column that is not among `columns` is skipped.
 */
export function compareRows(order: Order, columns: Columns): (a: WireRow, b: WireRow) => number {
  const terms = order.flatMap(({ column, direction }) => {
    const kind = columns.get(column)?.kind;
    return kind === undefined
      ? []
      : [{ column, sign: direction === "asc" ? 1 : -1, compare: compareValues(kind) }];
  });
  return (a, b) => {
    for (const { column, sign, compare } of terms) {
      const x = (a[column] ?? null) as Operand | null;
      const y = (b[column] ?? null) as Operand | null;
      const result = x === null || y === null ? Number(y === null) - Number(x === null) : compare(x, y);
      if (result !== 0) return sign * result;
    }
    return 0;
  };
}

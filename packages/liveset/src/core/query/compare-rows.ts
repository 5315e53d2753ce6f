import type { WireRow } from "../json.ts";
import type { Columns } from "./column-kind.ts";
import { compareValues } from "./compare-values.ts";
import { nullsOf, type Order } from "./order.ts";
import type { Operand } from "./predicate.ts";

/**
 * A comparator of rows for `Array.sort`, equal to what the database's ORDER BY does: text by code point, NULL where its
 * term says. A column that is not among `columns` is skipped.
 */
export function compareRows(order: Order, columns: Columns): (a: WireRow, b: WireRow) => number {
  const terms = order.flatMap((term) => {
    const { column, direction } = term;
    const kind = columns.get(column)?.kind;
    if (kind === undefined) return [];
    const nullSign = nullsOf(term) === "first" ? 1 : -1;
    return [{ column, sign: direction === "asc" ? 1 : -1, nullSign, compare: compareValues(kind) }];
  });
  return (a, b) => {
    for (const { column, sign, nullSign, compare } of terms) {
      const x = (a[column] ?? null) as Operand | null;
      const y = (b[column] ?? null) as Operand | null;
      const result =
        x === null || y === null
          ? nullSign * (Number(y === null) - Number(x === null))
          : sign * compare(x, y);
      if (result !== 0) return result;
    }
    return 0;
  };
}

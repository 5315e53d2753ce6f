import type { Column } from "../../core/query/column-kind.ts";
import { parseOperand } from "../../core/query/operand.ts";
import type { Operand } from "../../core/query/predicate.ts";
import type { TableInfo } from "../table/table-info.ts";

/**
 * Reads operands as the column would store them, so that memory and database compare the same values: a `timestamp`
 * column has whole seconds, whatever a filter says.
 */
export function columnOperand(
  info: TableInfo,
): (column: Column, value: unknown, path: readonly (string | number)[]) => Operand {
  return ({ name }, value, path) => {
    const column = info.columns.get(name);
    if (column === undefined) throw new TypeError(`The table "${info.name}" has no column "${name}".`);
    const operand = parseOperand(column, value, path);
    if (column.kind !== "date") return operand;
    const stored = column.drizzle.mapToDriverValue(column.fromWire(operand));
    const read = column.toWire(column.drizzle.mapFromDriverValue(stored));
    return typeof read === "string" ? read : operand;
  };
}

import { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { type Key, keyParts } from "../../core/key/key.ts";
import type { Operand, Predicate } from "../../core/query/predicate.ts";
import type { TableColumn, TableInfo } from "../table/table-info.ts";
import { columnOperand } from "./column-operand.ts";

/** The condition that a row has this key. Throws as `keyOperands` does. */
export function keyPredicate(info: TableInfo, key: Key): Predicate {
  const operands = keyOperands(info, key);
  return {
    op: "and",
    of: info.key.map((column, index) => ({
      op: "compare",
      column,
      lookup: "exact",
      value: operands[index] as Operand,
    })),
  };
}

/**
 * The values of a key's columns, in their order. A key is given as a value, as the values of a composite key, or as
 * the text that a URL carries.
 *
 * @throws LivesetError `not_found` for a key that no row can have: malformed, of the wrong type, of too many parts.
 */
export function keyOperands(info: TableInfo, key: Key): readonly Operand[] {
  const parts = typeof key === "object" ? key : info.key.length > 1 ? keyParts(String(key)) : [key];
  if (parts.length !== info.key.length) throw new LivesetError("not_found");
  return info.key.map((name, index) => {
    const column = info.columns.get(name);
    const part = parts[index];
    if (column === undefined || part === undefined) throw new LivesetError("not_found");
    return keyOperand(info, column, part);
  });
}

/** The value of one column that names a row. Throws as `keyOperands` does. */
export function keyOperand(info: TableInfo, column: TableColumn, part: string | number): Operand {
  try {
    const value = columnOperand(info)(column, keyPart(column, part), []);
    if (column.kind === "date" && value !== part) throw new LivesetError("not_found");
    return value;
  } catch (fault) {
    throw fault instanceof LivesetError ? new LivesetError("not_found") : fault;
  }
}

/** The condition that a row has the key of this row. */
export function sameKeyPredicate(info: TableInfo, row: WireRow): Predicate {
  return {
    op: "and",
    of: info.key.map((column) => ({ op: "compare", column, lookup: "exact", value: row[column] as Operand })),
  };
}

/** Only the canonical text of a value is its key: a row must not have two addresses. */
function keyPart(column: TableColumn, part: string | number): string | number | boolean {
  switch (column.kind) {
    case "integer":
    case "real": {
      const value = Number(part);
      if (String(value) !== String(part)) throw new LivesetError("not_found");
      return value;
    }
    case "bigint": {
      const text = String(part);
      if (!/^(0|-?[1-9][0-9]*)$/.test(text)) throw new LivesetError("not_found");
      return text;
    }
    case "boolean":
      if (part !== "true" && part !== "false") throw new LivesetError("not_found");
      return part === "true";
    default:
      if (typeof part !== "string") throw new LivesetError("not_found");
      return part;
  }
}

import type { Json, WireRow } from "../../core/json.ts";
import type { TableInfo } from "../table/table-info.ts";

/** How the log's rows of one table are read. */
export interface Layout {
  readonly table: string;
  /** A text for the row's key, unique in the table. */
  keyOf(values: readonly unknown[]): string;
  toWire(values: readonly unknown[]): WireRow;
}

/**
 * The layout of a table whose values come in the order of its columns. A value that its column cannot read (text that is no JSON in a
 * JSON column) is null: one odd row must not stop the feed. `onOdd` hears of it.
 */
export function layoutOf(info: TableInfo, onOdd: (column: string, error: unknown) => void): Layout {
  const columns = [...info.columns.values()];
  const keyAt = columns.flatMap(({ name }, i) => (info.key.includes(name) ? [i] : []));
  const [only = 0] = keyAt;
  return {
    table: info.name,
    keyOf: (values) =>
      keyAt.length === 1 ? keyPart(values[only]) : JSON.stringify(keyAt.map((i) => keyPart(values[i]))),
    toWire: (values) => {
      const row: Record<string, Json> = {};
      columns.forEach(({ name, drizzle, toWire }, i) => {
        const value = values[i] ?? null;
        try {
          row[name] = value === null ? null : toWire(drizzle.mapFromDriverValue(value));
        } catch (error) {
          row[name] = null;
          onOdd(name, error);
        }
      });
      return row;
    },
  };
}

function keyPart(value: unknown): string {
  if (value instanceof Uint8Array) return `b${value.join()}`;
  return `${typeof value}${String(value)}`;
}

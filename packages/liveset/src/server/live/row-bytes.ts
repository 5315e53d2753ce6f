import type { WireRow } from "../../core/json.ts";

/** Measures rows as JSON. A row that waits for many slow readers is measured once. */
export function createRowBytes(): (row: WireRow) => number {
  const known = new WeakMap<WireRow, number>();
  return (row) => {
    const bytes = known.get(row) ?? JSON.stringify(row).length;
    known.set(row, bytes);
    return bytes;
  };
}

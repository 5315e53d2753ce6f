import type { KeyText } from "../../core/key/key.ts";
import type { TableInfo } from "../table/table-info.ts";

/** A key as rows show it: a number where its one column holds numbers, else its text. */
export function keyValue(key: KeyText, info: TableInfo): string | number {
  const [name = "", second] = info.key;
  const kind = second === undefined ? info.columns.get(name)?.kind : undefined;
  return (kind === "integer" || kind === "real") && Number.isFinite(Number(key)) ? Number(key) : key;
}

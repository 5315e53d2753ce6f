import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { normalize } from "../../core/query/normalize.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Db } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { fetchRows } from "./fetch-rows.ts";
import { keyOperand } from "./key-predicate.ts";

/** A row named by another field than its key. */
export interface RowLookup {
  readonly field: string;
  readonly value: string | number;
}

/**
 * The row that fulfils a predicate and has this value in a field that `lookupBy` declares.
 *
 * @throws LivesetError `invalid` for another field, `not_found` where there is none, `conflict` where there are several.
 */
export async function lookUpRow(
  { database }: Runtime,
  db: Db,
  resource: CompiledResource,
  { field, value }: RowLookup,
  predicate: Predicate,
): Promise<WireRow> {
  const { info, options, defaultOrder: order } = resource;
  const column = info.columns.get(field);
  const declared = options.lookupBy ?? [];
  if (column === undefined || !declared.includes(field)) {
    const names = declared.join(", ") || "none";
    const message = `${resource.name} has no row by "${field.slice(0, 40)}"; rows are looked up by: ${names}.`;
    throw invalid(["lookup_by"], "not_declared", message);
  }
  const same: Predicate = {
    op: "compare",
    column: field,
    lookup: "exact",
    value: keyOperand(info, column, value),
  };
  const whole = normalize({ op: "and", of: [predicate, same] });
  const asked = { resource, predicate: whole, order, limit: 2, offset: 0, after: null };
  const [row, second] = await fetchRows(db, asked, database.dialect);
  if (row === undefined) throw new LivesetError("not_found");
  if (second !== undefined)
    throw new LivesetError("conflict", { detail: `Several rows have this ${field}.` });
  return row;
}

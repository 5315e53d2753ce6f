import type { WireRow } from "../../core/json.ts";
import { type KeyText, keyTextOf } from "../../core/key/key.ts";
import type { Runtime } from "../runtime.ts";
import type { Bound } from "./bound.ts";
import { isPermitted } from "./check-permission.ts";
import { ensureFew } from "./ensure-few.ts";
import { fetchRows } from "./fetch-rows.ts";
import type { PageRows } from "./page-rows.ts";
import { withNested } from "./read-nested.ts";

/**
 * A page of the rows that the permission `retrieve` lets the caller see, as if there were no others. Which these are only the
 * permission tells, so the whole list is read, in one snapshot, and asked about row by row after it.
 *
 * @throws LivesetError `too_many_rows` where the list has more than `limits.liveRows` rows, permitted or not; whatever
 * the permission throws.
 */
export async function readPermittedPage(runtime: Runtime, bound: Bound): Promise<PageRows> {
  const { database, limits } = runtime;
  const { dialect } = database;
  const { value } = await database.read(async (db) => {
    const all = { ...bound, limit: limits.liveRows + 1, offset: 0, after: null };
    const rows = await fetchRows(db, all, dialect);
    ensureFew(rows.length, limits.liveRows);
    const behind = bound.after === null ? rows : await fetchRows(db, { ...all, after: bound.after }, dialect);
    // Which of them will be shown is not known yet, and what is nested must be of the same snapshot.
    return { rows, behind: await withNested(runtime, db, bound.nested, behind) };
  });
  const keyOf = (row: WireRow): KeyText => keyTextOf(row, bound.resource.info.key);
  const permitted = new Set<KeyText>();
  for (const row of value.rows) {
    if (await isPermitted(bound.resource, "retrieve", bound.context, row)) permitted.add(keyOf(row));
  }
  const rest = value.behind.filter((row) => permitted.has(keyOf(row))).slice(bound.offset);
  return { rows: rest.slice(0, bound.limit), more: rest.length > bound.limit, total: permitted.size };
}

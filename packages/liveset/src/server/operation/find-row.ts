import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { normalize } from "../../core/query/normalize.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import { bindRow } from "./bind.ts";
import type { Execution } from "./execution.ts";
import { fetchRows } from "./fetch-rows.ts";
import { sameKeyPredicate } from "./key-predicate.ts";

/**
 * The row of the call's key, in all its columns, read through the context's database.
 *
 * @throws LivesetError `not_found` where it does not exist or lies outside the scope.
 */
export async function findRow({ runtime, resource, context, call }: Execution): Promise<WireRow> {
  if (call.key === undefined) throw invalid(["key"], "required", `${call.action} needs a key.`);
  const bound = await bindRow(runtime, resource, context, call.key);
  const [row] = await fetchRows(context.db, bound, runtime.database.dialect);
  if (row === undefined) throw new LivesetError("not_found");
  return row;
}

/** The row with the key of `row` as it is now, if it fulfils the predicate. */
export async function rereadRow(
  { runtime, resource, context }: Execution,
  row: WireRow,
  predicate: Predicate,
): Promise<WireRow | undefined> {
  const bound = {
    resource,
    context,
    predicate: normalize({ op: "and", of: [predicate, sameKeyPredicate(resource.info, row)] }),
    order: resource.defaultOrder,
    limit: 1,
    offset: 0,
    after: null,
  };
  const [found] = await fetchRows(context.db, bound, runtime.database.dialect);
  return found;
}

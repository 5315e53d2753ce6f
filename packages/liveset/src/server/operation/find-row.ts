import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { compilePredicate } from "../../core/query/evaluate.ts";
import { isExactPredicate } from "../../core/query/exactness.ts";
import { normalize } from "../../core/query/normalize.ts";
import type { Operand, Predicate } from "../../core/query/predicate.ts";
import type { Execution } from "./execution.ts";
import { fetchRows } from "./fetch-rows.ts";
import { keyOperands, sameKeyPredicate } from "./key-predicate.ts";
import { lookUpRow } from "./row-lookup.ts";
import { scopePredicate } from "./scope-predicate.ts";

/**
 * The row of the call's key or lookup, in all its columns, read through the context's database.
 *
 * @throws LivesetError `not_found` where it does not exist, lies outside the scope, or does not fulfil the filter.
 */
export async function findRow(execution: Execution, filter: Predicate = { op: "true" }): Promise<WireRow> {
  const { runtime, resource, context, call } = execution;
  const predicate = normalize({ op: "and", of: [await scopePredicate(resource, context), filter] });
  if (call.lookup !== undefined) return lookUpRow(runtime, context.db, resource, call.lookup, predicate);
  if (call.key === undefined) throw invalid(["key"], "required", `${call.action} needs a key.`);
  const key = keyOperands(resource.info, call.key);
  const row = await rowFulfilling(execution, key, predicate);
  if (row === undefined) throw new LivesetError("not_found");
  return row;
}

/** The row with the key of `row` as it is now, if it fulfils the predicate. */
export function rereadRow(
  execution: Execution,
  row: WireRow,
  predicate: Predicate,
): Promise<WireRow | undefined> {
  const key = execution.resource.info.key.map((column) => row[column] as Operand);
  return rowFulfilling(execution, key, predicate);
}

/** The database judges only what memory cannot judge exactly. */
async function rowFulfilling(
  { runtime, resource, context }: Execution,
  key: readonly Operand[],
  predicate: Predicate,
): Promise<WireRow | undefined> {
  const { info, defaultOrder: order } = resource;
  const { dialect } = runtime.database;
  const same = sameKeyPredicate(
    info,
    Object.fromEntries(info.key.map((column, index) => [column, key[index] as Operand])),
  );
  const whole = normalize({ op: "and", of: [predicate, same] });
  if (!isExactPredicate(whole, info.columns, dialect)) {
    const bound = { resource, context, predicate: whole, order, limit: 1, offset: 0, after: null };
    return (await fetchRows(context.db, bound, dialect))[0];
  }
  const row = await resource.rowByKey(context.db, key);
  return row !== undefined && compilePredicate(whole, info.columns)(row) ? row : undefined;
}

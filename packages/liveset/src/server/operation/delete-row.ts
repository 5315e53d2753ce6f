import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { keyTextOf } from "../../core/key/key.ts";
import { printPredicate } from "../database/print-predicate.ts";
import type { Answer } from "./answer.ts";
import { checkPermission } from "./check-permission.ts";
import type { Execution } from "./execution.ts";
import { findRow } from "./find-row.ts";
import { sameKeyPredicate } from "./key-predicate.ts";
import { checkIfMatch } from "./row-answer.ts";

/** Deletes a row in scope, with its hooks, in the context's transaction. */
export async function deleteRow(execution: Execution): Promise<Answer> {
  const { runtime, resource, context } = execution;
  const { info, options } = resource;
  const row = await findRow(execution);
  await checkPermission(resource, "delete", context, row);
  checkIfMatch(execution, row);
  const model = info.fromWire(row);
  await options.hooks?.beforeDelete?.(context, model);
  await context.db
    .delete(info.table as SQLiteTable)
    .where(printPredicate(sameKeyPredicate(info, row), info, runtime.database.dialect));
  await options.hooks?.afterDelete?.(context, model);
  return { status: 204, data: null, key: keyTextOf(row, info.key) };
}

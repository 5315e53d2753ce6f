import type { Answer } from "./answer.ts";
import { bindShown, splitFilter } from "./bind.ts";
import { checkPermission } from "./check-permission.ts";
import type { Execution } from "./execution.ts";
import { findRow } from "./find-row.ts";
import { withNested } from "./read-nested.ts";
import { rowAnswer } from "./row-answer.ts";

/** One row in scope that fulfils the filter; 304 where the caller has this version of it. */
export async function retrieve(execution: Execution): Promise<Answer> {
  const { runtime, resource, context, call } = execution;
  const { filter, rest } = splitFilter(runtime, resource, call.query ?? {});
  const { projection, nested } = await bindShown(runtime, resource, context, rest);
  const { value: row } = await runtime.database.read(async (db) => {
    const found = await findRow({ ...execution, context: { ...context, db } }, filter);
    return (await withNested(runtime, db, nested, [found]))[0] ?? found;
  });
  await checkPermission(resource, "retrieve", context, row);
  const answer = rowAnswer(resource, 200, row, projection);
  const known = call.ifNoneMatch ?? [];
  return known.includes("*") || (answer.etag !== undefined && known.includes(answer.etag))
    ? { ...answer, status: 304, data: null }
    : answer;
}

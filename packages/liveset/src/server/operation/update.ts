import { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import type { Answer } from "./answer.ts";
import { checkPermission } from "./check-permission.ts";
import { columnValues } from "./column-values.ts";
import { decodeBody } from "./decode-body.ts";
import type { Execution } from "./execution.ts";
import { findRow } from "./find-row.ts";
import { checkIfMatch, writtenAnswer } from "./row-answer.ts";

/** Replaces what callers may write of a row, with its hooks, in the context's transaction. */
export function update(execution: Execution): Promise<Answer> {
  return change(execution, "update");
}

/** Changes some columns of a row; otherwise as `update`. */
export function patch(execution: Execution): Promise<Answer> {
  return change(execution, "patch");
}

async function change(execution: Execution, operation: "update" | "patch"): Promise<Answer> {
  const { resource, context, call } = execution;
  const { info, options } = resource;
  const before = await findRow(execution);
  await checkPermission(resource, operation, context, before);
  checkIfMatch(execution, before);
  const input = await decodeBody(resource, operation, call.data, before);
  const model = info.fromWire(before);
  const values = (await options.hooks?.beforeUpdate?.(context, model, input)) ?? input;
  const after = await write(execution, before, columnValues(resource, values));
  await options.hooks?.afterUpdate?.(context, info.fromWire(after), model);
  return writtenAnswer(execution, 200, after);
}

async function write(
  { resource, context }: Execution,
  before: WireRow,
  values: Record<string, unknown>,
): Promise<WireRow> {
  // Drizzle refuses an update of nothing; a patch without values is a patch all the same.
  if (Object.keys(values).length === 0) return before;
  const row = await resource.updateByKey(context.db, before, values);
  if (row === undefined) throw new LivesetError("not_found");
  return row;
}

import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Answer } from "./answer.ts";
import { checkPermission } from "./check-permission.ts";
import { columnValues } from "./column-values.ts";
import { decodeBody } from "./decode-body.ts";
import type { Execution } from "./execution.ts";
import { writtenAnswer } from "./row-answer.ts";

/** Inserts a row, with its hooks, in the context's transaction. */
export async function create(execution: Execution): Promise<Answer> {
  const { resource, context, call } = execution;
  const { info, options } = resource;
  await checkPermission(resource, "create", context);
  const input = await decodeBody(resource, "create", call.data, null);
  const values = (await options.hooks?.beforeCreate?.(context, input)) ?? input;
  const [row] = await context.db
    .insert(info.table as SQLiteTable)
    .values(columnValues(resource, values))
    .returning();
  if (row === undefined) throw new TypeError(`The insert into "${info.name}" gave no row.`);
  await options.hooks?.afterCreate?.(context, row);
  return writtenAnswer(execution, 201, info.toWire(row));
}

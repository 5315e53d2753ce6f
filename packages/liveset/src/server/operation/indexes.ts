import { type Issue, invalid } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";
import { isRecord } from "../../core/protocol/schema.ts";
import type { ChildFields, ChildPart } from "../children-of.ts";
import { invalidInput } from "../invalid-input.ts";
import type { Answer } from "./answer.ts";
import { checkPermission } from "./check-permission.ts";
import { bindChildren, type Range, readIndexes } from "./child-indexes.ts";
import type { Execution } from "./execution.ts";
import { findRow } from "./find-row.ts";
import { ensureAtMost, pageLimit } from "./page-limit.ts";

/**
 * A range of the keys of a row's children: `{parentId, childField, startIndex, length}` is answered by `{startIndex, indexes,
 * length}`, whose `length` is that of the whole list. Behind its end there are none.
 *
 * @throws LivesetError `invalid` naming what is wrong with the body, `limit_exceeded` for too long a range, `not_found` where the
 * parent is not there or not in the scope, `forbidden` or `unauthenticated` where the caller may not see it or list its children.
 */
export async function indexes(execution: Execution): Promise<Answer> {
  const { runtime, resource, context, call } = execution;
  const { parentId, parts, range } = readAsked(runtime.children.get(resource.name) ?? new Map(), call.data);
  ensureAtMost("length", range.length, pageLimit(runtime, resource));
  const bound = await bindChildren(runtime, context, parts);
  const { value } = await runtime.database.read(async (db) => {
    const parent = await findRow({
      ...execution,
      call: { ...call, key: parentId },
      context: { ...context, db },
    });
    return { parent, answer: await readIndexes(runtime, db, bound, parent, range) };
  });
  await checkPermission(resource, "retrieve", context, value.parent);
  return { status: 200, data: await value.answer() };
}

function readAsked(
  fields: ChildFields,
  data: Json | undefined,
): { readonly parentId: string | number; readonly parts: readonly ChildPart[]; readonly range: Range } {
  if (!isRecord(data)) throw invalid([], "type", "The body must be a JSON object.");
  const { parentId, childField, startIndex, length, ...rest } = data;
  const parts = typeof childField === "string" ? fields.get(childField) : undefined;
  const names = [...fields.keys()].join(", ") || "none";
  const faults: readonly (false | Issue)[] = [
    typeof parentId !== "string" &&
      typeof parentId !== "number" &&
      fault("parentId", "type", "must be a text or a number."),
    parts === undefined &&
      fault("childField", "not_declared", `must be a field of children; there are: ${names}.`),
    !isWhole(startIndex, 0) && fault("startIndex", "invalid_value", "must be a whole number, at least 0."),
    !isWhole(length, 1) && fault("length", "invalid_value", "must be a whole number, at least 1."),
    ...Object.keys(rest).map((name) => fault(name, "unknown", "is not known here.")),
  ];
  const issues = faults.filter((issue) => issue !== false);
  if (issues.length > 0 || parts === undefined) throw invalidInput(issues);
  return {
    parentId: parentId as string | number,
    parts,
    range: { start: Number(startIndex), length: Number(length) },
  };
}

function fault(name: string, code: string, what: string): Issue {
  return { path: [name], code, message: `${name.slice(0, 40)} ${what}` };
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least;
}

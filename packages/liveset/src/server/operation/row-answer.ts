import { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { keyTextOf } from "../../core/key/key.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Answer } from "./answer.ts";
import { bindShown } from "./bind.ts";
import { isPermitted } from "./check-permission.ts";
import { etag } from "./etag.ts";
import type { Execution } from "./execution.ts";
import { rereadRow } from "./find-row.ts";
import type { Projection } from "./projection.ts";
import { withNested } from "./read-nested.ts";
import { checkPredicate, scopePredicate } from "./scope-predicate.ts";

/** The entity tag of a row: of all fields, whichever of them are shown, so that it fits a write's `If-Match` in any case. */
function rowEtag({ projection }: CompiledResource, row: WireRow): string {
  return etag(JSON.stringify(projection.serialize(row)));
}

/** One row, serialised. */
export function rowAnswer(
  resource: CompiledResource,
  status: number,
  row: WireRow,
  projection: Projection = resource.projection,
): Answer {
  const data = projection.serialize(row);
  // What is nested is no part of the row, but of what was answered.
  const inner = projection.nested.length === 0 ? "" : `.${etag(JSON.stringify(data))}`;
  return { status, data, etag: `${rowEtag(resource, row)}${inner}`, key: keyTextOf(row, resource.info.key) };
}

/**
 * The answer to a write, after its hooks: the row must fulfil the check, and is shown where it lies in the scope too
 * and the permission `retrieve` allows it, with what is always nested in it. A row that its writer may not see is answered without
 * its values, and so is one in which rows are always nested that he may not list.
 *
 * @throws LivesetError `outside_scope`, which rolls the write back.
 */
export async function writtenAnswer(execution: Execution, status: number, written: WireRow): Promise<Answer> {
  const { resource, context } = execution;
  const row = await rereadRow(execution, written, await checkPredicate(resource, context));
  if (row === undefined) throw new LivesetError("outside_scope");
  const shown = (await isVisible(execution, row)) ? await shownRow(execution, row) : null;
  return shown === null
    ? { status, data: null, key: keyTextOf(row, resource.info.key) }
    : rowAnswer(resource, status, shown.row, shown.projection);
}

/** A row with what is always nested in it; null where the writer may not see that. */
async function shownRow(
  { runtime, resource, context }: Execution,
  row: WireRow,
): Promise<{ readonly row: WireRow; readonly projection: Projection } | null> {
  try {
    const { projection, nested } = await bindShown(runtime, resource, context, {});
    const [shown = row] = await withNested(runtime, context.db, nested, [row]);
    return { row: shown, projection };
  } catch (thrown) {
    if (thrown instanceof LivesetError && (thrown.status === 401 || thrown.status === 403)) return null;
    throw thrown;
  }
}

/** Whether a row that fulfils the check may be shown as well. */
async function isVisible(execution: Execution, row: WireRow): Promise<boolean> {
  const { resource, context } = execution;
  if (resource.options.check !== undefined) {
    const visible = await rereadRow(execution, row, await scopePredicate(resource, context));
    if (visible === undefined) return false;
  }
  return isPermitted(resource, "retrieve", context, row);
}

/**
 * `If-Match`: the row must be one of the versions that the writer saw.
 *
 * @throws LivesetError `precondition_failed`
 */
export function checkIfMatch({ resource, call }: Execution, row: WireRow): void {
  if (call.ifMatch === undefined || call.ifMatch.includes("*")) return;
  const tag = rowEtag(resource, row);
  if (!call.ifMatch.some((known) => known.split(".")[0] === tag))
    throw new LivesetError("precondition_failed");
}

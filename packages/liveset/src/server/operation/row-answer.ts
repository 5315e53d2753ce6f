import { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { keyTextOf } from "../../core/key/key.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Answer } from "./answer.ts";
import { isPermitted } from "./check-permission.ts";
import { etag } from "./etag.ts";
import type { Execution } from "./execution.ts";
import { rereadRow } from "./find-row.ts";
import type { Projection } from "./projection.ts";
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
 * and the permission `retrieve` allows it. A row that its writer may not see is answered without its values.
 *
 * @throws LivesetError `outside_scope`, which rolls the write back.
 */
export async function writtenAnswer(execution: Execution, status: number, written: WireRow): Promise<Answer> {
  const { resource, context } = execution;
  const row = await rereadRow(execution, written, await checkPredicate(resource, context));
  if (row === undefined) throw new LivesetError("outside_scope");
  if (await isVisible(execution, row)) return rowAnswer(resource, status, row);
  return { status, data: null, key: keyTextOf(row, resource.info.key) };
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

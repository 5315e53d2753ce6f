import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import { batchReads, operationNames } from "../operation-names.ts";
import type { Operation } from "../resource.ts";
import type { Runtime } from "../runtime.ts";
import type { Answer } from "./answer.ts";
import { byIds } from "./by-ids.ts";
import type { Call } from "./call.ts";
import { create } from "./create.ts";
import { deleteRow } from "./delete-row.ts";
import type { Execution } from "./execution.ts";
import { indexes } from "./indexes.ts";
import { list } from "./list.ts";
import { retrieve } from "./retrieve.ts";
import { findAction, runAction } from "./run-action.ts";
import { patch, update } from "./update.ts";

type Work = (execution: Execution) => Promise<Answer>;

const reads: Readonly<Record<string, Work>> = { list, retrieve, "by-ids": byIds, indexes };
/** Of a batch of reads may do what this operation may. */
const batches: ReadonlySet<string> = new Set(batchReads);
const writes: Readonly<Record<string, Work>> = { create, update, patch, delete: deleteRow };

/** Whether an operation only reads. */
export function isRead(action: string): boolean {
  return Object.hasOwn(reads, action);
}

/**
 * The resource of a name.
 *
 * @throws LivesetError `unknown_resource`
 */
export function findResource(runtime: Runtime, name: string): CompiledResource {
  const resource = runtime.resources.get(name);
  if (resource !== undefined) return resource;
  throw new LivesetError("unknown_resource", { detail: `There is no resource "${name}".` });
}

/**
 * What a call does.
 *
 * @throws LivesetError `method_not_allowed` where the resource does not offer it, `invalid` where it takes no key.
 */
export function chooseWork(resource: CompiledResource, call: Pick<Call, "action" | "key">): Work {
  if (!operationNames.has(call.action)) {
    const action = findAction(resource, call.action);
    return (execution) => runAction(execution, action);
  }
  const operation = batches.has(call.action) ? "retrieve" : call.action;
  if (!resource.operations.has(operation as Operation)) {
    throw new LivesetError("method_not_allowed", {
      detail: `${resource.name} does not offer ${call.action}.`,
    });
  }
  const work = reads[call.action] ?? writes[call.action];
  if (work === undefined) throw new TypeError(`No work for ${call.action}.`);
  const takesNoKey = call.action === "list" || call.action === "create" || operation !== call.action;
  if (takesNoKey && call.key !== undefined) {
    throw invalid(["key"], "unexpected", `${call.action} takes no key.`);
  }
  return work;
}

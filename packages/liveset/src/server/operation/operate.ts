import { invalid, LivesetError, toLivesetError } from "../../core/error/liveset-error.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Mutation } from "../database/database.ts";
import { makeContext } from "../make-context.ts";
import { batchReads, operationNames } from "../operation-names.ts";
import type { Operation } from "../resource.ts";
import type { Runtime } from "../runtime.ts";
import { withinTime } from "../within-time.ts";
import type { Answer } from "./answer.ts";
import { byIds } from "./by-ids.ts";
import type { Call, OperationResult } from "./call.ts";
import { create } from "./create.ts";
import { deleteRow } from "./delete-row.ts";
import type { Execution } from "./execution.ts";
import { fingerprint } from "./fingerprint.ts";
import { indexes } from "./indexes.ts";
import { list } from "./list.ts";
import { retrieve } from "./retrieve.ts";
import { findAction, isDetached, runAction } from "./run-action.ts";
import { patch, update } from "./update.ts";

const reads: Readonly<Record<string, (execution: Execution) => Promise<Answer>>> = {
  list,
  retrieve,
  "by-ids": byIds,
  indexes,
};
/** Of a batch of reads may do what this operation may. */
const batches: ReadonlySet<string> = new Set(batchReads);
const writes: Readonly<Record<string, (execution: Execution) => Promise<Answer>>> = {
  create,
  update,
  patch,
  delete: deleteRow,
};

/**
 * Runs one call: the door through which every transport goes. Writes and actions run in one transaction, unless the action is detached.
 *
 * @throws LivesetError, and nothing else: a driver's error under its code, any other failure is logged and `internal`.
 */
export async function operate(runtime: Runtime, call: Call): Promise<OperationResult> {
  try {
    return await run(runtime, call);
  } catch (thrown) {
    const error =
      thrown instanceof LivesetError ? thrown : (runtime.database.toError(thrown) ?? toLivesetError(thrown));
    if (error.code === "internal") {
      runtime.log.error(
        { err: error.cause ?? error, resource: call.resource, action: call.action },
        "call failed",
      );
    }
    throw error;
  }
}

async function run(runtime: Runtime, call: Call): Promise<OperationResult> {
  const resource = runtime.resources.get(call.resource);
  if (resource === undefined) {
    throw new LivesetError("unknown_resource", { detail: `There is no resource "${call.resource}".` });
  }
  const work = chooseWork(resource, call);
  const what = `${resource.name}.${call.action}`;
  const context = await withinTime(runtime, what, () => makeContext(runtime, resource, call));
  const apart = Object.hasOwn(reads, call.action) || isDetached(resource, call.action);
  if (apart) return withinTime(runtime, what, () => work({ runtime, resource, context, call }));
  const { value, cursor } = await runtime.database.write<Answer>(
    // Inside, so that the turn among the writers is not counted, and what hangs is rolled back and holds up nobody else.
    (db) => withinTime(runtime, what, () => work({ runtime, resource, context: { ...context, db }, call })),
    await mutationOf(runtime, call),
  );
  return { ...value, cursor };
}

function chooseWork(resource: CompiledResource, call: Call): (execution: Execution) => Promise<Answer> {
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
  if (
    (call.action === "list" || call.action === "create" || operation !== call.action) &&
    call.key !== undefined
  ) {
    throw invalid(["key"], "unexpected", `${call.action} takes no key.`);
  }
  return work;
}

async function mutationOf(runtime: Runtime, call: Call): Promise<Mutation | undefined> {
  if (call.mutation === undefined) return undefined;
  if (call.mutation === "" || call.mutation.length > 255) {
    throw invalid(["mutation"], "invalid_value", "A mutation id has 1 to 255 characters.");
  }
  return { id: call.mutation, owner: runtime.principalId(call.user), fingerprint: await fingerprint(call) };
}

import { LivesetError, toLivesetError } from "../../core/error/liveset-error.ts";
import type { Runtime } from "../runtime.ts";
import { withinTime } from "../within-time.ts";
import type { Answer } from "./answer.ts";
import type { Call, OperationResult } from "./call.ts";
import { chooseWork, findResource, isRead } from "./choose-work.ts";
import { fingerprint } from "./fingerprint.ts";
import { mutationOf } from "./mutation-of.ts";
import { isDetached } from "./run-action.ts";
import { callerOf } from "./seen-by.ts";

/**
 * Runs one call: the door through which every transport goes. Writes and actions run in one transaction, unless the action is detached.
 *
 * @throws LivesetError, and nothing else: a driver's error under its code, any other failure is logged and `internal`.
 */
export async function operate(runtime: Runtime, call: Call): Promise<OperationResult> {
  try {
    return await run(runtime, call);
  } catch (thrown) {
    throw coded(runtime, thrown, { resource: call.resource, action: call.action });
  }
}

/** What a call threw as a coded error. What has no code of its own is logged, with what is known of the call. */
export function coded(runtime: Runtime, thrown: unknown, call: object): LivesetError {
  const error =
    thrown instanceof LivesetError ? thrown : (runtime.database.toError(thrown) ?? toLivesetError(thrown));
  if (error.code === "internal") runtime.log.error({ err: error.cause ?? error, ...call }, "call failed");
  return error;
}

async function run(runtime: Runtime, call: Call): Promise<OperationResult> {
  const declared = findResource(runtime, call.resource);
  const work = chooseWork(declared, call);
  const what = `${declared.name}.${call.action}`;
  const { context, resource } = await withinTime(runtime, what, () => callerOf(runtime, declared, call));
  const apart = isRead(call.action) || isDetached(resource, call.action);
  if (apart) return withinTime(runtime, what, () => work({ runtime, resource, context, call }));
  const { value, cursor } = await runtime.database.write<Answer>(
    // Inside, so that the turn among the writers is not counted, and what hangs is rolled back and holds up nobody else.
    (db) => withinTime(runtime, what, () => work({ runtime, resource, context: { ...context, db }, call })),
    await mutationOf(runtime, call, () => fingerprint(call)),
  );
  return { ...value, cursor };
}

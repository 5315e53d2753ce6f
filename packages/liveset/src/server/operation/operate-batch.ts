import { type Issue, invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { Db } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { withinTime } from "../within-time.ts";
import type { Answer } from "./answer.ts";
import type { Call, OperationResult } from "./call.ts";
import { chooseWork, findResource, isRead } from "./choose-work.ts";
import { batchFingerprint } from "./fingerprint.ts";
import { mutationOf } from "./mutation-of.ts";
import { coded } from "./operate.ts";
import { isDetached } from "./run-action.ts";
import { callerOf } from "./seen-by.ts";

/** One write of a batch: a call without its caller. */
export type BatchCall = Pick<Call, "resource" | "action" | "key" | "data" | "params" | "ifMatch">;

/** Several writes asked for as one. */
export interface Batch extends Pick<Call, "user" | "request" | "mutation"> {
  readonly operations: readonly BatchCall[];
}

type Step = (db: Db) => Promise<Answer>;

/**
 * Runs several writes and actions, in their order, in one transaction: all of them are done, or none. Each has the
 * permissions, validation, hooks and checks that it has by itself, and sees what those before it did. `data` of the result
 * has an answer for each: `{status, data, etag?, key?}`.
 *
 * @throws LivesetError, and nothing else. It names the operation that failed: `errors` begin with `["operations", index]`.
 */
export async function operateBatch(runtime: Runtime, batch: Batch): Promise<OperationResult> {
  try {
    return await run(runtime, batch);
  } catch (thrown) {
    throw coded(runtime, thrown, {
      batch: batch.operations.map(({ resource, action }) => `${resource}.${action}`),
    });
  }
}

async function run(runtime: Runtime, batch: Batch): Promise<OperationResult> {
  const { operations } = batch;
  const { batchOperations } = runtime.limits;
  if (operations.length === 0)
    throw invalid(["operations"], "required", "A batch has at least one operation.");
  if (operations.length > batchOperations) {
    const detail = `A batch may have at most ${batchOperations} operations, not ${operations.length}.`;
    throw new LivesetError("limit_exceeded", { detail });
  }
  const steps: Step[] = [];
  for (const [index, operation] of operations.entries()) {
    steps.push(await atOperation(runtime, batch, index, () => prepare(runtime, batch, operation)));
  }
  const { value, cursor } = await runtime.database.write(
    (db) =>
      withinTime(runtime, "batch", async () => {
        const answers: Answer[] = [];
        for (const [index, step] of steps.entries())
          answers.push(await atOperation(runtime, batch, index, () => step(db)));
        return answers;
      }),
    await mutationOf(runtime, batch, () => batchFingerprint(operations)),
  );
  return { status: 200, data: value, cursor };
}

async function prepare(runtime: Runtime, { user, request }: Batch, operation: BatchCall): Promise<Step> {
  const call: Call = { ...operation, user, request };
  const declared = findResource(runtime, call.resource);
  if (isRead(call.action)) throw invalid(["action"], "unexpected", `A batch writes; ${call.action} reads.`);
  const work = chooseWork(declared, call);
  if (isDetached(declared, call.action)) {
    throw invalid(["action"], "unexpected", `${call.action} is detached: it has no transaction to share.`);
  }
  const { context, resource } = await withinTime(runtime, `${declared.name}.${call.action}`, () =>
    callerOf(runtime, declared, call),
  );
  return (db) => work({ runtime, resource, context: { ...context, db }, call });
}

/** Has errors say which operation they are about. */
async function atOperation<T>(
  runtime: Runtime,
  batch: Batch,
  index: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const error = thrown instanceof LivesetError ? thrown : runtime.database.toError(thrown);
    // What has no code is logged as it is, and nothing of it is told.
    if (error === null) throw thrown;
    const { resource, action } = batch.operations[index] ?? {};
    const issues: readonly Issue[] = error.errors ?? [{ path: [], code: error.code, message: error.message }];
    throw new LivesetError(error.code, {
      detail: `Operation ${index} (${resource}.${action}): ${error.message}`,
      errors: issues.map((issue) => ({ ...issue, path: ["operations", index, ...issue.path] })),
      cause: error,
      ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
    });
  }
}

import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";
import { keyTextOf } from "../../core/key/key.ts";
import { isRecord } from "../../core/protocol/schema.ts";
import type { Action } from "../action.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import { invalidInput } from "../invalid-input.ts";
import { toWire } from "../to-wire.ts";
import { validate } from "../validate.ts";
import type { Answer } from "./answer.ts";
import { refusal } from "./check-permission.ts";
import type { Execution } from "./execution.ts";
import { findRow } from "./find-row.ts";
import { checkIfMatch } from "./row-answer.ts";

/**
 * Runs a custom operation through the context's database, a transaction unless it is detached. What it returns is answered as JSON, 204 where it
 * returns nothing.
 */
export async function runAction(execution: Execution, action: Action): Promise<Answer> {
  const { resource, context, call } = execution;
  if (!action.detail && call.key !== undefined) {
    throw invalid(["key"], "unexpected", `${call.action} belongs to the resource, not to one row.`);
  }
  const row = action.detail ? await findRow(execution) : undefined;
  if (row !== undefined) checkIfMatch(execution, row);
  const input = await actionInput(action, call.data);
  const argument = {
    ...context,
    input,
    row: row === undefined ? undefined : resource.info.fromWire(row),
    reply: (data: unknown, status = 200): void => call.reply?.(toWire(data), status),
    signal: call.signal ?? new AbortController().signal,
  };
  if (action.permission !== undefined && (await action.permission(argument)) !== true) throw refusal(context);
  const result = await action.run(argument);
  const key = row === undefined ? {} : { key: keyTextOf(row, resource.info.key) };
  return result === undefined
    ? { status: 204, data: null, ...key }
    : { status: 200, data: toWire(result), ...key };
}

async function actionInput(action: Action, data: Json | undefined): Promise<unknown> {
  if (action.input !== undefined) {
    const { value, issues } = await validate(action.input, data, []);
    if (issues.length > 0) throw invalidInput(issues);
    return value;
  }
  const empty = data === undefined || data === null || (isRecord(data) && Object.keys(data).length === 0);
  if (!empty) throw invalid([], "unexpected", "This action takes no input.");
  return undefined;
}

/** Whether a call of this name runs beside others and in no transaction. */
export function isDetached(resource: CompiledResource | undefined, name: string): boolean {
  const { actions = {} } = resource?.options ?? {};
  return Object.hasOwn(actions, name) && actions[name]?.detached === true;
}

/**
 * The action of this name.
 *
 * @throws LivesetError `method_not_allowed` where the resource declares none.
 */
export function findAction(resource: CompiledResource, name: string): Action {
  const { actions = {} } = resource.options;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    throw new LivesetError("method_not_allowed", { detail: `${resource.name} has no operation "${name}".` });
  }
  return action;
}

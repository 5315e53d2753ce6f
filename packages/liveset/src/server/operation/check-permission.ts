import { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Context } from "../context.ts";
import type { Operation } from "../resource.ts";

/**
 * Asks the resource's permission for an operation; with the row where it is about one.
 *
 * @throws LivesetError `forbidden`, or `unauthenticated` where nobody is signed in; whatever the permission throws.
 */
export async function checkPermission(
  resource: CompiledResource,
  operation: Operation,
  context: Context,
  row?: WireRow,
): Promise<void> {
  if (!(await isPermitted(resource, operation, context, row))) throw refusal(context);
}

/** The same as an answer. Throws what the permission throws. */
export async function isPermitted(
  resource: CompiledResource,
  operation: Operation,
  context: Context,
  row?: WireRow,
): Promise<boolean> {
  const permission = resource.options.permissions?.[operation];
  if (permission === undefined) return true;
  // Permissions without a row (list, create) ignore the second argument.
  const model = row === undefined ? {} : resource.info.fromWire(row);
  return (await permission(context, model)) === true;
}

/** The refusal of a call: 401 where signing in may help, else 403. */
export function refusal(context: Context): LivesetError {
  return new LivesetError(context.user === null ? "unauthenticated" : "forbidden");
}

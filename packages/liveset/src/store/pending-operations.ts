import type { Json, WireRow } from "../core/json.ts";
import { keyText, keyTextOf } from "../core/key/key.ts";
import { isRecord } from "../core/protocol/schema.ts";
import type { WriteOperation } from "./client-store.ts";
import type { PendingOperation, WriteAction } from "./overlay.ts";

const actions: ReadonlySet<string> = new Set(["create", "update", "patch", "delete"]);

/**
 * What writes do to rows, as far as that can be known before the server has done them: of a custom action nothing. A row
 * whose key the server makes has a temporary one meanwhile, `~` and the mutation's id.
 *
 * @param keysOf names of the fields of a resource's key
 */
export function pendingOperations(
  mutation: string,
  operations: readonly WriteOperation[],
  keysOf: (resource: string) => readonly string[],
): PendingOperation[] {
  return operations.flatMap(({ resource, action, key, data, params }, index): PendingOperation[] => {
    if (!actions.has(action)) return [];
    const common = { mutation, resource, action: action as WriteAction, params };
    if (key !== undefined) return [{ ...common, key: keyText(key), data: fieldsOf(data) }];
    if (action !== "create" || !isRecord(data)) return [];
    const row = fieldsOf(data);
    const keys = keysOf(resource);
    if (keys.every((name) => typeof row[name] === "string" || typeof row[name] === "number")) {
      return [{ ...common, key: keyTextOf(row, keys), data: row }];
    }
    const temporary = keyText(`~${mutation}${operations.length > 1 ? `:${index}` : ""}`);
    const named = Object.fromEntries(keys.map((name) => [name, row[name] ?? temporary]));
    return [{ ...common, key: temporary, data: { ...row, ...named }, isTemporary: true }];
  });
}

function fieldsOf(data: Json | undefined): WireRow {
  if (!isRecord(data)) return {};
  return Object.freeze(
    Object.fromEntries(Object.entries(data as WireRow).filter(([, value]) => value !== undefined)),
  );
}

import type { Json } from "../../../core/json.ts";
import { isRecord } from "../../../core/protocol/schema.ts";
import type { Payload } from "./frame.ts";
import { Refusal, required } from "./refusal.ts";
import type { Stream } from "./stream.ts";

/**
 * The body of a write, from a payload's `data`: what a serializer would take of it. What callers do not write (unknown fields,
 * computed and read-only ones, the key of a row that is there, a key that the database gives) is left out, as there.
 *
 * @throws LivesetError a refusal where there is no object.
 */
export function readData(stream: Stream, use: "create" | "update" | "patch", payload: Payload): Json {
  const { data } = payload;
  if (data === undefined) throw required("data");
  if (!isRecord(data)) {
    const kind = data === null ? "null" : Array.isArray(data) ? "list" : typeof data;
    throw new Refusal(400, [{ non_field_errors: [`Invalid data. Expected a dictionary, but got ${kind}.`] }]);
  }
  const { resource, pkField } = stream;
  const [key = "", second] = resource.info.key;
  const named = Object.entries(data as Payload).map(([name, value]): [string, Json] => [
    name === pkField && second === undefined ? key : name,
    value,
  ]);
  return Object.fromEntries(named.filter(([name]) => isWritten(stream, use, name)));
}

function isWritten({ resource }: Stream, use: "create" | "update" | "patch", name: string): boolean {
  const { info, fields, options } = resource;
  const column = info.columns.get(name);
  const isKey = info.key.includes(name);
  if (isKey && (use !== "create" || (column?.kind === "integer" && column.hasDefault))) return false;
  // A schema of the user's own says itself what it takes.
  if (options.input?.[use] !== undefined) return true;
  return (
    column !== undefined &&
    fields.includes(name) &&
    !column.generated &&
    options.readOnly?.includes(name) !== true
  );
}

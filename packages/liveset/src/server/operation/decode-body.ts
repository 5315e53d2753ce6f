import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { Json, WireRow } from "../../core/json.ts";
import { isRecord } from "../../core/protocol/schema.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import { invalidInput } from "../invalid-input.ts";
import { validate } from "../validate.ts";
import { decodeDefault } from "./decode-default.ts";

/** What a body is for. */
export type BodyUse = "create" | "update" | "patch";

/**
 * The values of a body, as Drizzle takes them: by the resource's own schema, else by the one made from the table.
 * `row` is the row to be changed, whose key must stay.
 *
 * @throws LivesetError `invalid` with all faults at once.
 */
export async function decodeBody(
  resource: CompiledResource,
  use: BodyUse,
  data: Json | undefined,
  row: WireRow | null,
): Promise<Record<string, unknown>> {
  if (!isRecord(data)) throw invalid([], "type", "The body must be a JSON object.");
  const schema = resource.options.input?.[use];
  if (schema === undefined) return decodeDefault(resource, use, data as Readonly<Record<string, Json>>, row);
  const { value, issues } = await validate(schema, data, []);
  if (issues.length > 0) throw invalidInput(issues);
  if (!isRecord(value)) throw new TypeError(`The ${use} schema of "${resource.name}" gave no object.`);
  return withoutKey(resource, modelValues(resource, value), row);
}

/** A schema may leave values in wire form; those of its own making (Date, bytes, bigint) are taken as they are. */
function modelValues(
  { info }: CompiledResource,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const model: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const column = info.columns.get(name);
    const wire =
      column !== undefined && ["date", "bigint", "blob"].includes(column.kind) && typeof value === "string";
    model[name] = wire ? atPath(name, () => column.fromWire(value)) : value;
  }
  return model;
}

/** The key of a row stays: equal values are dropped, others refused. */
function withoutKey(
  { info }: CompiledResource,
  values: Record<string, unknown>,
  row: WireRow | null,
): Record<string, unknown> {
  if (row === null) return values;
  const rest = { ...values };
  for (const name of info.key) {
    if (!Object.hasOwn(rest, name)) continue;
    if (info.columns.get(name)?.toWire(rest[name]) !== row[name]) throw keyChanged(name);
    delete rest[name];
  }
  return rest;
}

function keyChanged(name: string): LivesetError {
  return invalid([name], "read_only", `${name} is the row's key and cannot be changed.`);
}

function atPath<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (fault) {
    if (!(fault instanceof LivesetError)) throw fault;
    throw invalid([name], fault.errors?.[0]?.code ?? "type", fault.message);
  }
}

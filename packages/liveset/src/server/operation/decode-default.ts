import { type Issue, LivesetError } from "../../core/error/liveset-error.ts";
import type { Json, WireRow } from "../../core/json.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import { invalidInput } from "../invalid-input.ts";
import type { TableColumn } from "../table/table-info.ts";
import { validate } from "../validate.ts";

type Body = Readonly<Record<string, Json>>;

/** What became of one member of a body: a value for its column, nothing (an unchanged key), or a fault. */
type Outcome = { readonly value: unknown } | "unchanged" | Issue;

/**
 * The values of a body in wire form, by the table's columns. Only shown columns are known to callers; a hidden one is
 * as unknown as one that does not exist.
 *
 * @throws LivesetError `invalid` with all faults at once.
 */
export async function decodeDefault(
  resource: CompiledResource,
  use: "create" | "update" | "patch",
  data: Body,
  row: WireRow | null,
): Promise<Record<string, unknown>> {
  const issues: Issue[] = use === "patch" ? [] : missing(resource, use, data);
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) {
    const outcome = decodeMember(resource, name, value, row);
    if (outcome === "unchanged") continue;
    if ("value" in outcome) values[name] = outcome.value;
    else issues.push(outcome);
  }
  const checked = await validate(resource.columnSchema, values, []);
  issues.push(...checked.issues);
  if (issues.length > 0) throw invalidInput(issues);
  return values;
}

function missing({ info, fields, options }: CompiledResource, use: "create" | "update", data: Body): Issue[] {
  const left = fields.filter((name) => {
    const column = info.columns.get(name);
    if (column === undefined || Object.hasOwn(data, name) || isReadOnly(options.readOnly, column))
      return false;
    return !column.nullable && !column.hasDefault && !(use === "update" && info.key.includes(name));
  });
  return left.map((name) => ({ path: [name], code: "required", message: `${name} is required.` }));
}

function decodeMember(resource: CompiledResource, name: string, value: Json, row: WireRow | null): Outcome {
  const { info, fields, options } = resource;
  const column = info.columns.get(name);
  if (column === undefined || !fields.includes(name)) {
    return Object.hasOwn(options.computed ?? {}, name)
      ? { path: [name], code: "read_only", message: `${name} is computed.` }
      : { path: [name], code: "unknown", message: `There is no field ${name}.` };
  }
  if (row !== null && info.key.includes(name)) {
    if (value === row[name]) return "unchanged";
    return { path: [name], code: "read_only", message: `${name} is the row's key and cannot be changed.` };
  }
  if (isReadOnly(options.readOnly, column)) {
    return { path: [name], code: "read_only", message: `${name} cannot be written.` };
  }
  if (value === null) {
    return column.nullable ? { value } : { path: [name], code: "null", message: `${name} may not be null.` };
  }
  return decodeValue(column, value);
}

function decodeValue(column: TableColumn, value: Json): Outcome {
  try {
    return { value: column.fromWire(value) };
  } catch (fault) {
    if (!(fault instanceof LivesetError)) throw fault;
    const [issue] = fault.errors ?? [];
    return {
      path: [column.name, ...(issue?.path ?? [])],
      code: issue?.code ?? "type",
      message: fault.message,
    };
  }
}

function isReadOnly(readOnly: readonly string[] | undefined, column: TableColumn): boolean {
  return column.generated || (readOnly?.includes(column.name) ?? false);
}

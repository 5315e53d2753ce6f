import { isRecord } from "../../core/protocol/schema.ts";
import type { CompiledResource } from "../compiled-resource.ts";

/**
 * The values to be written, after the hooks.
 *
 * @throws TypeError where a hook gave no object, which would be written as a row of defaults; where some values are not those of
 * a column: a schema of the user's let them through and no hook took them out.
 */
export function columnValues(
  { name, info }: CompiledResource,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (!isRecord(values)) {
    throw new TypeError(`A hook of "${name}" must give the values to be written, as an object, or nothing.`);
  }
  const extra = Object.keys(values).filter((key) => !info.columns.has(key));
  if (extra.length > 0) {
    throw new TypeError(
      `A write to "${name}" has values for ${extra.join(", ")}, which the table has no columns for.`,
    );
  }
  return { ...values };
}

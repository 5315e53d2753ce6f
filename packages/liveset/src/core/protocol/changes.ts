import type { WireRow } from "../json.ts";
import { array, literal, number, object, optional, row, type Schema, string } from "./schema.ts";

/**
 * down: what one transaction did to one group, the same bytes for all its subscribers. `enter` and `update` are
 * whole rows in the group's fields, `leave` the texts of keys. Empty parts are left out.
 */
export interface Changes {
  readonly type: "changes";
  readonly group: number;
  readonly cursor: string;
  readonly enter?: readonly WireRow[];
  readonly update?: readonly WireRow[];
  readonly leave?: readonly string[];
}

export const changes: Schema<Changes> = object({
  type: literal("changes"),
  group: number,
  cursor: string,
  enter: optional(array(row)),
  update: optional(array(row)),
  leave: optional(array(string)),
});

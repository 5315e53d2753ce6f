import type { WireRow } from "../json.ts";
import { array, boolean, literal, number, object, optional, row, type Schema, string } from "./schema.ts";

/**
 * down: what one transaction did to one group, the same bytes for all its subscribers. `enter` and `update` are
 * whole rows in the group's fields, `leave` the texts of keys. Empty parts are left out,
 * and so are the `total` and `hasMore` of a window where they are what they were.
 */
export interface Changes {
  readonly type: "changes";
  readonly group: number;
  readonly cursor: string;
  readonly enter?: readonly WireRow[];
  readonly update?: readonly WireRow[];
  readonly leave?: readonly string[];
  readonly total?: number;
  readonly hasMore?: boolean;
}

export const changes: Schema<Changes> = object({
  type: literal("changes"),
  group: number,
  cursor: string,
  enter: optional(array(row)),
  update: optional(array(row)),
  leave: optional(array(string)),
  total: optional(number),
  hasMore: optional(boolean),
});

import type { ColumnKind } from "./column-kind.ts";
import { type Lookup, lookups } from "./lookup.ts";

const equality = ["exact", "ne", "in", "isnull"] as const;
const ordered = ["exact", "ne", "lt", "lte", "gt", "gte", "in", "range", "isnull"] as const;

/**
 * `bigint` has no order: SQLite keeps it as a BLOB of digits, in which 10 comes before 9. A JSON value has
 * many spellings, so it is only present or absent. An opaque one is the user's own.
 */
const byKind: { readonly [K in ColumnKind]: ReadonlySet<Lookup> } = {
  text: new Set(lookups),
  integer: new Set(ordered),
  real: new Set(ordered),
  date: new Set(ordered),
  boolean: new Set(equality),
  bigint: new Set(equality),
  blob: new Set(equality),
  json: new Set(["isnull"]),
  opaque: new Set(),
};

/** The lookups that a column of this kind allows. Those on text are for text alone. */
export function lookupsOfKind(kind: ColumnKind): ReadonlySet<Lookup> {
  return byKind[kind];
}
